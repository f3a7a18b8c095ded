import { buildCluster } from '../build/build-cluster.js';
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
  const report = reportUnchanged(context, flags) ?? (await buildCluster(context, flags, machines));
  printReport(context, report);
  return flags.check && hasChanges(report) ? EXIT.failed : EXIT.done;
}
