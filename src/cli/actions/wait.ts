import { recordBringUp } from '../../delivery/index.js';
import {
  type ClusterStatus,
  type Finding,
  findingLines,
  headline,
  statusJson,
  watchCluster,
} from '../../diagnose/index.js';
import { inputError } from '../../support/problem.js';
import type { WaitFlags } from '../commands/wait.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { openSession, type Session } from './status-session.js';
import { type StatusView, statusView } from './status-view.js';

/** Waits until the cluster, or its API, is ready; says what is missing when that takes too long. */
export default async function wait(context: CliContext, flags: WaitFlags & GlobalFlags): Promise<ExitCode> {
  const session = await openSessionFor(context, flags);
  const view = statusView(context);
  const isReached = flags.for === 'api' ? isApiReady : isReady;
  const found = await watchUntil(session, isReached, flags.timeout, view);
  const reached = found !== undefined && isReached(found);
  if (found !== undefined) context.out.result(statusJson(found));
  if (!reached) return giveUp(context, flags, view.isPicture ? [] : (found?.findings ?? []));
  context.out.line(flags.for === 'api' ? 'the API is ready' : headline(found));
  const recorded = flags.for === 'ready' && record(context, session, found, flags.begunAnew);
  context.out.result({ recorded });
  return EXIT.done;
}

/** Where the cluster was begun anew, whichever answers is the one: what was recorded counts no longer. */
async function openSessionFor(context: CliContext, flags: WaitFlags & GlobalFlags): Promise<Session> {
  if (flags.begunAnew && flags.for === 'api') {
    const remedy = 'Leave --for api out: a cluster is recorded once everything is Ready';
    throw inputError('begun-anew-api', '--begun-anew records a cluster, and --for api records none', remedy);
  }
  const session = await openSession(context, flags);
  if (!flags.begunAnew) return session;
  return { ...session, expectation: { ...session.expectation, kubeSystemUid: undefined } };
}

function isReady({ ready }: ClusterStatus): boolean {
  return ready;
}

function isApiReady({ apiReady }: ClusterStatus): boolean {
  return apiReady;
}

/** The last status there was, which is the one that was waited for unless the time was up. */
async function watchUntil(
  { expectation, probes }: Session,
  isReached: (status: ClusterStatus) => boolean,
  timeout: number,
  view: StatusView,
): Promise<ClusterStatus | undefined> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), timeout);
  let last: ClusterStatus | undefined;
  const onStatus = (status: ClusterStatus) => {
    last = status;
    view.show(status);
    if (isReached(status)) ending.abort();
  };
  await watchCluster(expectation, probes, onStatus, ending.signal);
  clearTimeout(timer);
  return last;
}

function giveUp({ out }: CliContext, { timeout, for: goal }: WaitFlags, findings: readonly Finding[]): ExitCode {
  const seconds = timeout / 1000;
  const time = seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
  const missing = goal === 'api' ? 'the API is not ready' : 'not everything is Ready';
  for (const line of findingLines(findings)) out.line(line);
  out.problem({
    severity: 'error',
    code: 'timeout',
    message: `${missing} after ${time}`,
    remedy: 'See what each waits for above; docs/guide/status.md says what to do. `ironkeel wait` goes on where it was',
  });
  return EXIT.failed;
}

/** The first time a cluster is Ready is when its etcd stops being new. */
function record(
  { out }: CliContext,
  { folder }: Session,
  { kubeSystemUid }: ClusterStatus,
  begunAnew: boolean,
): boolean {
  if (kubeSystemUid === undefined || !recordBringUp(folder, kubeSystemUid, begunAnew)) return false;
  out.line('recorded in ironkeel.lock: `ironkeel build` now renders drives that refuse to start an empty etcd');
  return true;
}
