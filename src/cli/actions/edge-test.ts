import {
  type ApiCredentials,
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
import { withDeadline } from '../../support/deadline.js';
import { inputError, WorkError } from '../../support/problem.js';
import type { EdgeTestFlags } from '../commands/edge-test.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { Interrupted, reportFailure } from '../failure.js';
import type { GlobalFlags } from '../globals.js';
import { unusedLabel } from './dns-check.js';
import { type EdgeSession, openEdgeSession } from './edge-session.js';
import { type EchoTarget, echoTarget } from './edge-test-target.js';
import { showEcho } from './edge-test-view.js';

type Flags = EdgeTestFlags & GlobalFlags;

/** Runs an echo, calls it through every edge, and removes it again. */
export default async function edgeTest(context: CliContext, flags: Flags): Promise<ExitCode> {
  const test = prepare(context, flags, await openEdgeSession(context, flags));
  const ending = new AbortController();
  if (flags.dryRun) {
    await deployEcho(test.gate, test.options, ending.signal);
    context.out.result({ host: test.options.host, image: test.options.image, changes: test.changes });
    return EXIT.done;
  }
  const running = perform(test, ending.signal);
  const release = context.interrupts.before(async () => {
    ending.abort();
    await running.catch((error) => void (error instanceof WorkError && reportFailure(context, error)));
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

/** All that one test takes. */
interface EdgeTest {
  readonly context: CliContext;
  readonly flags: Flags;
  readonly session: EdgeSession;
  readonly target: EchoTarget;
  readonly credentials: ApiCredentials;
  readonly place: ApiPlace;
  readonly gate: ClusterGate;
  readonly options: EchoOptions;
  /** What was done to the cluster so far, or would have been. */
  readonly changes: readonly string[];
}

function prepare(context: CliContext, flags: Flags, session: EdgeSession): EdgeTest {
  const { credentials } = session;
  const target = echoTarget(session, flags.host);
  if (credentials === undefined) throw notBuilt();
  const place = { send: apiSender(credentials), base: credentials.server };
  const changes: string[] = [];
  const onChange = (change: string) => {
    changes.push(change);
    context.out.note(flags.dryRun ? `would ${change}` : change);
  };
  const gate = clusterGate(place.send, place.base, { dryRun: flags.dryRun, onChange });
  const options = { host: target.host, image: flags.image ?? defaultImage(session), ingressClass: flags.class };
  return { context, flags, session, target, credentials, place, gate, options, changes };
}

/** Makes the echo, calls it, and removes what was made, whatever came of the calls. */
async function perform(test: EdgeTest, signal: AbortSignal): Promise<ExitCode> {
  await reachable(test.place);
  try {
    await deployEcho(test.gate, test.options, signal);
    await untilReady(test, signal);
    return await call(test, signal);
  } finally {
    if (!test.flags.keep) await removeEcho(test.gate, test.place);
  }
}

async function untilReady({ context, flags, credentials, place }: EdgeTest, signal: AbortSignal): Promise<void> {
  context.out.note('waiting for the pod');
  const get = apiClient(credentials);
  const pods = await withDeadline(flags.timeout, signal, (ending) =>
    awaitPods(get, place.base, ECHO_NAMESPACE, 'echo', ending),
  );
  signal.throwIfAborted();
  if (!pods.ready) throw notReady(pods.waiting, flags);
}

async function call({ context, flags, session, target, options }: EdgeTest, signal: AbortSignal): Promise<ExitCode> {
  const { host, targets } = target;
  context.out.note(`calling ${host} through ${targets.map(({ edge }) => edge).join(', ')}`);
  const question = { host, token: unusedLabel(), anchors: session.anchors };
  const answers = await withDeadline(flags.timeout, signal, (ending) => callEcho(targets, question, ending));
  signal.throwIfAborted();
  const checks = judgeEcho(answers);
  showEcho(context, answers, checks);
  for (const line of checkLines(checks)) context.out.line(line);
  context.out.result({ host, image: options.image, kept: flags.keep });
  if (flags.keep) context.out.note(`kept; remove it with: kubectl delete namespace ${ECHO_NAMESPACE}`);
  return allWell(checks) ? EXIT.done : EXIT.failed;
}

/** Asks before anything is made, so that there is nothing to undo where nobody answers. */
async function reachable(place: ApiPlace): Promise<void> {
  try {
    await clearNamespace(place);
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
