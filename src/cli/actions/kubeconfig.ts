import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { mergeKubeconfigFile } from '../../delivery/index.js';
import { inputError } from '../../support/problem.js';
import type { KubeconfigFlags } from '../commands/kubeconfig.js';
import { type CliContext, clusterPaths } from '../context.js';
import type { GlobalFlags } from '../globals.js';

/** Says where the cluster's kubeconfig is, or merges it into the user's own. */
export default function kubeconfig(context: CliContext, flags: KubeconfigFlags & GlobalFlags): void {
  const own = join(clusterPaths(context, flags).folder, 'kubeconfig');
  if (!existsSync(own)) {
    throw inputError('no-kubeconfig', `there is no kubeconfig at ${own}`, 'Run `ironkeel build` first');
  }
  if (flags.merge || flags.file !== undefined) merge(context, flags, own);
  else show(context, own);
}

function show({ out }: CliContext, own: string): void {
  out.line(`The kubeconfig is ${own}. To use it in this shell:`);
  out.line();
  out.line(`  export KUBECONFIG=${shellQuote(own)}`);
  out.line();
  out.line('Or `ironkeel kubeconfig --merge` adds it to your own.');
  out.result({ kubeconfig: own, merged: false });
}

function merge(context: CliContext, flags: KubeconfigFlags, own: string): void {
  const target = mergeTarget(context, flags);
  const report = mergeKubeconfigFile(target, readFileSync(own, 'utf8'), context.now(), { force: flags.force });
  const { out } = context;
  if (report.changed) {
    out.line(`merged context ${report.context} into ${report.file}; it is the current context now`);
    if (report.backup !== undefined) out.line(`the file as it was: ${report.backup}`);
  } else {
    out.line(`${report.file} has context ${report.context} already; nothing changed`);
  }
  const { file, context: name, changed, backup } = report;
  out.result({ kubeconfig: own, merged: true, file, context: name, changed, backup });
}

/** Where kubectl looks first: `--file`, else the first of KUBECONFIG, else `~/.kube/config`. */
function mergeTarget(context: CliContext, { file }: KubeconfigFlags): string {
  if (file !== undefined) return resolve(context.cwd, file);
  const [first] = (context.env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  return first === undefined ? join(context.home, '.kube', 'config') : resolve(context.cwd, first);
}

function shellQuote(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
