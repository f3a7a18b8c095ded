/** Where the world is let in. */
export const HTTP_PORT = 80;
export const HTTPS_PORT = 443;
export const SSH_PORT = 22;

/** What machines of a cluster listen on, and the world has no business with; by port. */
export const INNER_PORTS: ReadonlyMap<number, string> = new Map([
  [111, 'rpcbind'],
  [2379, 'etcd’s clients'],
  [2380, 'etcd’s members'],
  [2381, 'etcd’s metrics'],
  [6443, 'the API'],
  [7443, 'the balancer of the API'],
  [7445, 'the status of the ingress controller'],
  [8080, 'a status page of ingress controllers'],
  [8081, 'the readiness of ingress controllers'],
  [9099, 'the health of the network policies'],
  [9100, 'the machine’s metrics'],
  [9113, 'the metrics of ingress controllers'],
  [10249, 'kube-proxy’s metrics'],
  [10250, 'the kubelet'],
  [10256, 'kube-proxy’s health'],
  [10257, 'the controller manager'],
  [10259, 'the scheduler'],
  [30000, 'a NodePort'],
]);

/** Every port that is looked at. */
export const PROBED_PORTS: readonly number[] = [HTTP_PORT, HTTPS_PORT, SSH_PORT, ...INNER_PORTS.keys()];
