import {
  allWell,
  apiClient,
  type Check,
  checkLines,
  checkRoutes,
  checkSummary,
  checksJson,
  dnsLookup,
  judgeDns,
  judgeEdges,
  observeDns,
  observeEdges,
  routesSkipped,
} from '../../diagnose/index.js';
import type { EdgeCheckFlags } from '../commands/edge-check.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { unusedLabel } from './dns-check.js';
import { type EdgeSession, openEdgeSession } from './edge-session.js';

/** Looks at every domain on every edge as the world does. */
export default async function edgeCheck(context: CliContext, flags: EdgeCheckFlags & GlobalFlags): Promise<ExitCode> {
  const session = await openEdgeSession(context, flags);
  const { expected, anchors } = session;
  const label = unusedLabel();
  context.out.progress('asking the edges …');
  const [dns, answers, routes] = await Promise.all([
    flags.skipDns ? [] : observeDns(expected.names, dnsLookup(flags.server), label),
    observeEdges(expected.targets, { anchors, label }),
    askRoutes(session),
  ]);
  const checks = [...judgeDns(dns), ...judgeEdges(expected, answers, context.now()), ...routes];
  for (const line of checkLines(checks)) context.out.line(line);
  context.out.line();
  context.out.line(checkSummary(checks));
  context.out.result({
    edges: expected.targets.map(({ edge, address, domains }) => ({ name: edge, address, domains })),
    checks: checksJson(checks),
  });
  return allWell(checks) ? EXIT.done : EXIT.failed;
}

async function askRoutes({ credentials }: EdgeSession): Promise<readonly Check[]> {
  if (credentials === undefined) return [routesSkipped('there is no kubeconfig, since nothing was built here yet')];
  return checkRoutes(apiClient(credentials), credentials.server);
}
