/**
 * The commands in the order a user meets them. Kept apart from their declarations, so that `ironkeel --help`
 * loads nothing but this.
 */
export const SUMMARIES = {
  init: 'Begin a cluster: cluster.yaml, its schema, an SSH key',
  machine: 'Add, list or remove machines in cluster.yaml',
  validate: 'Check cluster.yaml and report every problem at once',
  build: 'Make certificates, machine configurations, config drives and the kubeconfig',
  bundle: 'Fill a folder with everything the machines download, for an air gap',
  image: 'Make a drive from a folder, after editing it',
  kubeconfig: 'Show the kubeconfig, or merge it into ~/.kube/config',
  status: 'Say where each machine stands and what it waits for',
  wait: 'Wait until everything is Ready',
  dashboard: 'Open the dashboard on this computer, with a short-lived token',
  dns: 'Print the DNS records of your domains, or check them',
  edge: 'Check from outside that your domains are served, or try it with an echo',
  lab: 'Boot the machines of cluster.yaml on this host, from their drives',
  secrets: 'Encrypt or decrypt the cluster secrets with age',
  certs: 'List certificates and when they expire',
  schema: 'Print the JSON Schema of cluster.yaml',
  completion: 'Print the completion script of a shell',
  version: 'Print the version',
} as const;

export type CommandName = keyof typeof SUMMARIES;

/** What `ironkeel --help` says above the list of commands. */
export const TAGLINE = 'One file that describes your machines becomes a running Kubernetes on them.';

/** What the three commands of a new user are; shown in the help of the root and after `init`. */
export const FIRST_STEPS = [
  ['ironkeel init --example guide', 'begin with the four machines of the guide'],
  ['ironkeel build', 'write certificates, configurations and drives'],
  ['ironkeel kubeconfig --merge', 'let kubectl find the cluster'],
] as const;
