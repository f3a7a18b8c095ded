import {
  type ClusterStatus,
  judgeCluster,
  observe,
  statusJson,
  statusTable,
  watchCluster,
} from '../../diagnose/index.js';
import { inputError } from '../../support/problem.js';
import type { StatusFlags } from '../commands/status.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { openSession, type Session } from './status-session.js';
import { statusView } from './status-view.js';

/** Shows where the cluster stands: once, or until the user ends it. */
export default async function status(context: CliContext, flags: StatusFlags & GlobalFlags): Promise<ExitCode> {
  if (flags.watch && context.out.json) {
    const remedy = 'Leave --watch out and ask again and again, or use `ironkeel wait --output json`';
    throw inputError('watch-json', '--watch has no end, and --output json is one document at the end', remedy);
  }
  const session = await openSession(context, flags);
  if (flags.watch) return watch(context, session);
  const { expectation, probes } = session;
  context.out.progress('asking the machines …');
  const found = judgeCluster(expectation, await observe(expectation, probes));
  for (const line of statusTable(found)) context.out.line(line);
  if (isNews(found, session)) {
    context.out.line();
    context.out.line(
      'Next: `ironkeel wait` records that the cluster came up, so that new drives never begin another one',
    );
  }
  context.out.result(statusJson(found));
  return found.ready ? EXIT.done : EXIT.failed;
}

/** Ends by a signal alone; `main.ts` sees to that. */
async function watch(context: CliContext, { expectation, probes }: Session): Promise<ExitCode> {
  const view = statusView(context);
  await watchCluster(expectation, probes, (found) => view.show(found), new AbortController().signal);
  return EXIT.done;
}

function isNews(found: ClusterStatus, { expectation }: Session): boolean {
  return found.ready && expectation.kubeSystemUid === undefined;
}
