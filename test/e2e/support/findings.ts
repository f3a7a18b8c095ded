import type { LabCluster } from './lab-cluster.js';
import { until } from './until.js';

/** One finding of `ironkeel status --output json`. */
export interface Finding {
  readonly severity: string;
  readonly subject: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** What `ironkeel status` finds now. */
export function findings(cluster: LabCluster): readonly Finding[] {
  return (JSON.parse(cluster.status().stdout) as { findings: Finding[] }).findings;
}

/** Asks until `ironkeel status` has a finding of that code whose message holds that text. */
export function finding(cluster: LabCluster, code: string, seconds: number, text = ''): Promise<Finding> {
  return until(seconds, code, () => {
    const all = findings(cluster);
    const found = all.find((each) => each.code === code && each.message.includes(text));
    if (found === undefined) throw new Error(`status says ${JSON.stringify(all)}`);
    return found;
  });
}
