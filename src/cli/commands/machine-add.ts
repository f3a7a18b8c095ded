import { command } from '../command.js';
import { optionalText } from './parameters.js';

export type MachineAddFlags = {
  readonly role?: 'controller' | 'worker' | 'edge' | undefined;
  readonly mac?: string | undefined;
  readonly os?: string | undefined;
  readonly arch?: 'amd64' | 'arm64' | undefined;
  readonly disk?: string | undefined;
  readonly publicAddress?: string | undefined;
};

export const machineAdd = command<MachineAddFlags, [string, string?]>({
  brief: 'Add a machine to cluster.yaml',
  description:
    'Adds one machine at the end of the list. Comments and order of the file survive; a machine that would make it invalid is refused.',
  usage: 'NAME [IP] [--role ROLE] [--mac MAC] [--os OS]',
  examples: [
    ['ironkeel machine add worker3 10.10.10.4', 'a worker'],
    ['ironkeel machine add edge2 203.0.113.9 --role edge', 'a machine that faces the internet'],
    ['ironkeel machine add worker4 10.10.10.5 --mac 52:54:00:12:34:56 --os debian', 'with its MAC and another OS'],
  ],
  flags: {
    role: { kind: 'enum', values: ['controller', 'worker', 'edge'], optional: true, brief: 'worker unless told' },
    mac: { ...optionalText, placeholder: 'MAC', brief: 'MAC address of its network interface' },
    os: { ...optionalText, placeholder: 'OS', brief: 'Operating system, where it differs from the cluster’s' },
    arch: { kind: 'enum', values: ['amd64', 'arm64'], optional: true, brief: 'Architecture, amd64 unless told' },
    disk: { ...optionalText, placeholder: 'DEVICE', brief: 'Disk the operating system is installed on' },
    publicAddress: { ...optionalText, placeholder: 'IP', brief: 'Address the world sees, where it differs from IP' },
  },
  positional: {
    kind: 'tuple',
    parameters: [
      { parse: String, placeholder: 'NAME', brief: 'Its name (RFC 1123)' },
      { parse: String, optional: true, placeholder: 'IP', brief: 'The address on the machine; left out: DHCP' },
    ],
  },
  load: () => import('../actions/machine-add.js'),
});
