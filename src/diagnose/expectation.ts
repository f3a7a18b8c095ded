import type { ClusterPlan } from '../plan/index.js';
import type { Lock } from '../releases/lock.js';
import type { BuiltGeneration } from './judge/adoption.js';

/** What was built: the measure of what is found. */
export interface Expectation {
  readonly plan: ClusterPlan;
  /** Kubernetes version of the last build. */
  readonly kubernetes: string;
  /** By machine name. */
  readonly machines: Readonly<Record<string, BuiltGeneration>>;
  /** UID of the namespace kube-system, once it was seen. */
  readonly kubeSystemUid?: string | undefined;
}

/** What an inventory and the lock of its last build let one expect. */
export function expectationOf(plan: ClusterPlan, lock: Lock): Expectation {
  const { kubernetes, machines, bringUp } = lock;
  return { plan, kubernetes, machines, kubeSystemUid: bringUp?.kubeSystemUid };
}
