import type { Outcome } from '../../delivery/index.js';
import type { CertificateChange } from '../../pki/index.js';
import { escapeForTerminal } from '../../support/terminal.js';
import type { CliContext } from '../context.js';
import { FIRST_STEPS } from '../summaries.js';
import { count } from '../table.js';

/** What a build did, or with `--check` would do. */
export interface BuildReport {
  readonly cluster: string;
  readonly machines: number;
  readonly check: boolean;
  readonly changes: readonly Outcome[];
  /** Outputs that were edited and stay. */
  readonly kept: readonly string[];
  /** How many outputs are right as they are. */
  readonly unchanged: number;
  readonly certificates: readonly CertificateChange[];
  /** Folders of machines that are in the inventory no longer. */
  readonly stale: readonly string[];
  readonly firstBuild: boolean;
  readonly milliseconds: number;
}

/** As many lines of one kind are printed; `--output json` has them all. */
const MOST_LINES = 40;

const VERBS: Readonly<Record<string, readonly [done: string, check: string]>> = {
  create: ['created', 'would create'],
  update: ['updated', 'would update'],
  mode: ['set the mode of', 'would set the mode of'],
  repair: ['repaired', 'would repair'],
  overwrite: ['replaced your edit of', 'would replace your edit of'],
  remove: ['removed', 'would remove'],
};

/** Whether the disk differs from what the inventory says. */
export function hasChanges(report: BuildReport): boolean {
  return report.changes.length > 0 || report.certificates.length > 0;
}

/** Prints the report in both forms: the summary for people, every file for programs. */
export function printReport(context: CliContext, report: BuildReport): void {
  printCertificates(context, report);
  printFiles(context, report);
  for (const folder of report.stale) {
    context.out.problem({
      severity: 'warning',
      code: 'stale-folder',
      message: `${folder} is of a machine that is no longer in the inventory; it holds private keys`,
      remedy: 'Delete it when the machine is gone',
    });
  }
  printSummary(context, report);
  if (context.out.json) context.out.result(toJson(report));
}

function printCertificates({ out }: CliContext, { certificates, check }: BuildReport): void {
  const again = certificates.filter(({ reason }) => reason !== 'new');
  const lines = again.map(({ id, detail }) => `${check ? 'would reissue' : 'reissued'} certificate ${id}: ${detail}`);
  printSome(out.line.bind(out), lines);
}

/** A first build creates everything, and needs no list of it; with `--check` the list is what was asked for. */
function printFiles({ out }: CliContext, report: BuildReport): void {
  const changes = report.changes.filter(({ kind }) => report.check || !report.firstBuild || kind !== 'create');
  const lines = changes.map(({ kind, path }) => `${VERBS[kind]?.[report.check ? 1 : 0] ?? kind} ${path}`);
  printSome(out.line.bind(out), lines, report.check ? lines.length : MOST_LINES);
}

function printSome(print: (line: string) => void, lines: readonly string[], most = MOST_LINES): void {
  for (const line of lines.slice(0, most)) print(escapeForTerminal(line));
  if (lines.length > most) print(`… and ${lines.length - most} more; --output json lists them`);
}

function printSummary(context: CliContext, report: BuildReport): void {
  const { out } = context;
  const changed = report.changes.length;
  const machines = count(report.machines, 'machine');
  if (!hasChanges(report)) {
    out.line(
      `${report.cluster}: ${machines}, nothing ${report.check ? 'would change' : 'changed'} (${seconds(report)})`,
    );
    return;
  }
  const issued = report.certificates.length;
  const [wrote, issuing] = report.check ? ['to write', 'to issue'] : ['written', 'issued'];
  out.line(
    `${report.cluster}: ${machines}; ${count(issued, 'certificate')} ${issuing}; ${count(changed, 'file')} ${wrote}, ${report.unchanged} unchanged (${seconds(report)})`,
  );
  if (!report.check) printNext(context, report);
}

/** What is left to do by hand: to attach the drives that are new. */
function printNext({ out }: CliContext, report: BuildReport): void {
  const drives = report.changes.filter(({ path, kind }) => path.endsWith('/config.iso') && kind !== 'mode');
  if (drives.length === 0) return;
  const paths = drives.map(({ path }) => path);
  out.line();
  out.line(`Next: ${report.firstBuild ? ATTACH_EACH : attachDrives(paths)}`);
  out.line('      The drives and secrets.json hold private keys: keep them to yourself.');
  const [, , [merge, purpose]] = FIRST_STEPS;
  if (report.firstBuild) out.line(`      Then \`${merge}\` will ${purpose}.`);
}

const MOST_DRIVES = 5;
const ATTACH_EACH = 'attach each inventory/node-NAME/config.iso to its machine and switch it on, in any order.';

/** What to do with these drives, as a sentence that ends after the first few. */
export function attachDrives(paths: readonly string[]): string {
  if (paths.length === 1) return `attach ${paths[0]} to its machine and switch it on.`;
  const named = paths.slice(0, paths.length > MOST_DRIVES ? MOST_DRIVES : -1).join(', ');
  const last = paths.length > MOST_DRIVES ? `${paths.length - MOST_DRIVES} more` : paths.at(-1);
  return `attach ${named} and ${last} to their machines and switch them on, in any order.`;
}

function seconds({ milliseconds }: BuildReport): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function toJson({ changes, ...report }: BuildReport): Record<string, unknown> {
  return {
    ...report,
    changed: hasChanges({ ...report, changes }),
    files: changes.map(({ kind, path }) => ({ change: kind, path })),
  };
}
