import { type LabCluster, must } from './lab-cluster.js';

/** What nmap says of every TCP port of these addresses, a line each for grep: as many answers at a time as the lab gives. */
export function scanPorts(cluster: LabCluster, from: 'client' | 'lan', addresses: readonly string[]): string {
  const pace = ['--min-rate', '5000', '--max-retries', '1', '--host-timeout', '8m'];
  const nmap = ['nmap', '-n', '-Pn', '-sS', '-p-', ...pace, '-oG', '-', ...addresses];
  return must(from === 'client' ? cluster.fromClient(...nmap) : cluster.fromLan(...nmap));
}
