import {
  type ApiPlace,
  apiSender,
  type ClusterGate,
  clearNamespace,
  clusterGate,
  deployEcho,
  ECHO_NAMESPACE,
  type EchoOptions,
  removeEcho,
} from '../../delivery/index.js';
import {
  allWell,
  apiClient,
  awaitPods,
  callEcho,
  checkLines,
  explainApiFailure,
  judgeEcho,
} from '../../diagnose/index.js';
import { componentVersions } from '../../releases/catalogue.js';
import { componentImages } from '../../releases/images.js';
import { deadline } from '../../support/deadline.js';
import { inputError, WorkError } from '../../support/problem.js';
import type { EdgeTestFlags } from '../commands/edge-test.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Interrupted } from '../failure.js';
import type { GlobalFlags } from '../globals.js';
import { unusedLabel } from './dns-check.js';
import { type EdgeSession, openEdgeSession } from './edge-session.js';
import { type EchoTarget, echoTarget } from './edge-test-target.js';
import { showEcho } from './edge-test-view.js';

type Flags = EdgeTestFlags & GlobalFlags;

/** Runs an echo, calls it through every edge, and removes it again. */
export default async function edgeTest(context: CliContext, flags: Flags): Promise<ExitCode> {
  const session = await openEdgeSession(context, flags);
  const target = echoTarget(session, flags.host);
  const place = placeOf(session);
  const onChange = (change: string) => context.out.note(flags.dryRun ? `would ${change}` : change);
  const gate = clusterGate(place.send, place.base, { dryRun: flags.dryRun, onChange });
  const options = { host: target.host, image: flags.image ?? defaultImage(session), ingressClass: flags.class };
  const ending = new AbortController();
  if (flags.dryRun) {
    await deployEcho(gate, options, ending.signal);
    return EXIT.done;
  }
  const running = undoing(place, gate, flags, () => run(context, flags, session, target, place, gate, options, ending));
  const release = context.interrupts.before(async () => {
    ending.abort();
    await running.catch(() => undefined);
  });
  try {
    return await running;
  } catch (error) {
    if (ending.signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    release();
  }
}

/** Removes what was made, whatever came of the work. */
async function undoing(
  place: ApiPlace,
  gate: ClusterGate,
  { keep }: Flags,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  await reachable(place);
  try {
    return await work();
  } finally {
    if (!keep) await removeEcho(gate, place);
  }
}

async function run(
  context: CliContext,
  flags: Flags,
  { anchors, credentials }: EdgeSession,
  { host, targets }: EchoTarget,
  place: ApiPlace,
  gate: ClusterGate,
  options: EchoOptions,
  { signal }: AbortController,
): Promise<ExitCode> {
  await deployEcho(gate, options, signal);
  context.out.note('waiting for the pod');
  const until = () => deadline(flags.timeout, signal);
  if (credentials === undefined) throw notBuilt();
  const pods = await awaitPods(apiClient(credentials), place.base, ECHO_NAMESPACE, 'echo', until());
  signal.throwIfAborted();
  if (!pods.ready) throw notReady(pods.waiting, flags);
  context.out.note(`calling ${host} through ${targets.map(({ edge }) => edge).join(', ')}`);
  const answers = await callEcho(targets, { host, token: unusedLabel(), anchors }, until());
  signal.throwIfAborted();
  const checks = judgeEcho(answers);
  showEcho(context, answers, checks);
  for (const line of checkLines(checks)) context.out.line(line);
  context.out.result({ host, image: options.image, kept: flags.keep });
  if (flags.keep) context.out.note(`kept; remove it with: kubectl delete namespace ${ECHO_NAMESPACE}`);
  return allWell(checks) ? EXIT.done : EXIT.failed;
}

function placeOf({ credentials }: EdgeSession): ApiPlace {
  if (credentials === undefined) throw notBuilt();
  return { send: apiSender(credentials), base: credentials.server };
}

/** Asks before anything is made, so that there is nothing to undo where nobody answers. */
async function reachable(place: ApiPlace): Promise<void> {
  try {
    await clearNamespace(place, new AbortController().signal);
  } catch (error) {
    if ((error as Error).name === 'InputError') throw error;
    const { message, remedy } = explainApiFailure(place.base, error);
    throw new WorkError(
      `the API cannot be asked: ${message}`,
      remedy ?? 'Look with `ironkeel status` what it waits for',
    );
  }
}

function defaultImage({ kubernetes }: EdgeSession): string {
  return componentImages(kubernetes, componentVersions(kubernetes).etcd)['edge-echo'];
}

function notBuilt() {
  const message = 'there is no kubeconfig: nothing was built here yet';
  return inputError('not-built', message, 'Run `ironkeel build` first, or name the cluster’s folder with -C DIR');
}

function notReady(waiting: string, { timeout }: Flags): WorkError {
  const remedy =
    'See to that, or give it more time with --timeout; --image takes another image, --keep leaves it to look at';
  return new WorkError(`the pod is not ready after ${Math.round(timeout / 1000)} s: ${waiting}`, remedy);
}
