import type { Cluster } from '../../inventory/types.js';
import type { Bundle } from '../../releases/bundle.js';
import type { Problem } from '../../support/problem.js';

/** Warnings about a pinned bundle that the inventory has outgrown: machines would ask for what it does not hold. */
export function bundleProblems({ kubernetes, machines }: Cluster, bundle: Bundle | undefined): Problem[] {
  if (bundle === undefined) return [];
  const problems: Problem[] = [];
  const missing = new Set(machines.map(({ architecture }) => architecture));
  for (const arch of bundle.architectures) missing.delete(arch);
  if (bundle.kubernetes !== kubernetes.version) {
    problems.push(warning(`is for Kubernetes ${bundle.kubernetes}, cluster.yaml asks for ${kubernetes.version}`));
  }
  if (missing.size > 0) problems.push(warning(`has nothing for ${[...missing].sort().join(' and ')} machines`));
  return problems;
}

function warning(what: string): Problem {
  return {
    severity: 'warning',
    code: 'outgrown-bundle',
    message: `the bundle pinned in ironkeel.lock ${what}`,
    remedy: 'Run `ironkeel bundle` again',
  };
}
