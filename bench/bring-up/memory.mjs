// What the system's own programs on a worker hold in memory.

/** By what the kernel calls a program (15 characters), the part of the system it is. */
const PARTS = {
  kubelet: 'kubelet',
  containerd: 'containerd',
  'containerd-shim': 'shims',
  haproxy: 'balancer',
  'kube-proxy': 'kube-proxy',
  flanneld: 'flannel',
  'calico-node': 'policy',
};

/** One line a process: its name, its resident and its proportional kilobytes. */
const SCRIPT = `for process in /proc/[0-9]*; do
  read -r name <$process/comm && echo "$name $(awk '/^(Rss|Pss):/ {print $2}' $process/smaps_rollup | paste -sd ' ')"
done 2>/dev/null`;

/**
 * MB resident by part of the system, and `all`: what they take together, pages that several share counted once.
 */
export function workerMemory(lab, machine) {
  const parts = Object.fromEntries([...new Set(Object.values(PARTS)), 'all'].map((part) => [part, 0]));
  for (const line of lab.on(machine, 'bash', '-c', SCRIPT).trim().split('\n')) {
    const [name, resident, proportional] = line.split(' ');
    const part = PARTS[name];
    if (part === undefined || proportional === undefined) continue;
    parts[part] += resident / 1024;
    parts.all += proportional / 1024;
  }
  return parts;
}
