import { hasChanges, printReport } from '../build/report.js';
import { reportUnchanged } from '../build/unchanged.js';
import type { BuildFlags } from '../commands/build.js';
import type { CliContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';

/** Brings the folder in line with the inventory, or says what that would take. */
export default async function build(
  context: CliContext,
  flags: BuildFlags & GlobalFlags,
  ...machines: string[]
): Promise<ExitCode> {
  const report = reportUnchanged(context, flags, machines) ?? (await buildAll(context, flags, machines));
  printReport(context, report);
  return flags.check && hasChanges(report) ? EXIT.failed : EXIT.done;
}

async function buildAll(context: CliContext, flags: BuildFlags & GlobalFlags, machines: readonly string[]) {
  const { buildCluster } = await import('../build/build-cluster.js');
  return await buildCluster(context, flags, machines);
}
