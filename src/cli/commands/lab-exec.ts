import { command } from '../command.js';

export const labExec = command<Record<never, never>, string[]>({
  brief: 'Run a command on a machine of the lab, or a program of this host inside its network',
  description:
    'On a machine the command runs as root. On `client` (a host on the public segment), `lan` (a host on the LAN) and `router` it is a program of this host that sees the addresses and names of the lab: that is how kubectl, ssh and curl reach the cluster. The exit code is that of the command.',
  usage: 'MACHINE|client|lan|router -- COMMAND…',
  examples: [
    ['ironkeel lab exec controller -- journalctl -b', 'on a machine'],
    ['ironkeel lab exec client -- kubectl get nodes', 'kubectl of this host'],
  ],
  flags: {},
  positional: {
    kind: 'array',
    parameter: { parse: String, placeholder: 'WORD', brief: 'Machine, then the command' },
    minimum: 2,
  },
  load: () => import('../actions/lab-exec.js'),
});
