import type { Cluster } from '../../inventory/types.js';
import { planCluster } from '../../plan/index.js';
import { testCluster } from '../../plan/testing/cluster.js';
import type { ClusterPlan } from '../../plan/types.js';
import { mintSecrets } from '../../secrets/index.js';
import type { Secrets } from '../../secrets/types.js';
import type { Instant } from '../../support/clock.js';
import { issueCertificates } from '../issue.js';

/** The time of the tests. */
export const NOW: Instant = Date.parse('2026-11-15T12:00:00.500Z');

/** Fresh secrets for a cluster, nothing issued yet. */
export function mintFor(cluster: Cluster, now = NOW): Secrets {
  const { keyType, caLifetimeDays } = cluster.certificates;
  const domains = cluster.domains.map(({ name }) => name);
  return mintSecrets({ keyType, caLifetimeDays, clusterName: cluster.name, domains }, now);
}

/** The guide's cluster, changed as wanted, with everything issued. */
export function issuedCluster(over: Partial<Cluster> = {}, now = NOW): { plan: ClusterPlan; secrets: Secrets } {
  const plan = planCluster(testCluster(over));
  return { plan, secrets: issueCertificates(plan, mintFor(plan.cluster, now), now).secrets };
}
