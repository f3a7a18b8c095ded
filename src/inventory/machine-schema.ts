import { z } from 'zod';
import { osField, PATTERNS, text } from './schema-fields.js';
import { ARCHITECTURES, ROLES } from './types.js';

export const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

const taint = z
  .union([
    text('key=value:Effect or key:Effect.', { examples: ['gpu=yes:NoSchedule'] }),
    z.strictObject({
      key: text('Key of the taint.'),
      value: text('Value of the taint.').optional(),
      effect: z.enum(TAINT_EFFECTS).meta({ description: 'What it does to pods that do not tolerate it.' }),
    }),
  ])
  .meta({ description: 'Keeps pods away that do not tolerate it.' });

const staticNetwork = z
  .strictObject({
    address: text('The machine’s address with its prefix length, such as 10.10.10.2/24.', { pattern: PATTERNS.cidr }),
    gateway: text('Router to the rest of the world.', { pattern: PATTERNS.ipv4 }).optional(),
    dns: z.array(z.string()).optional().meta({ description: 'DNS servers.' }),
    mtu: z.int().min(1280).max(9216).optional().meta({ description: 'Largest packet in bytes.' }),
  })
  .meta({ description: 'A static address. Default: DHCP.' });

const contents = {
  content: text('The content itself.').optional(),
  contentFrom: text('File with the content, relative to this file.').optional(),
};

const extraFile = z.strictObject({
  path: text('Absolute path on the machine.', { pattern: '^/' }),
  mode: text('Permission bits in octal, in quotes.', { default: '0644', pattern: PATTERNS.mode }).optional(),
  ...contents,
});

const extraUnit = z.strictObject({
  name: text('Name of the systemd unit with its suffix, such as backup.service.'),
  ...contents,
  enabled: z.boolean().optional().meta({ description: 'Whether it starts with the machine.', default: true }),
});

/** One machine of the user's file. */
export const machineSchema = z.strictObject({
  name: text('Name of the machine: its host name and, by default, its node’s name.', { pattern: PATTERNS.subdomain }),
  ip: text('Address on the machine, or dhcp. Controllers need one.', { examples: ['10.10.10.2', 'dhcp'] }).optional(),
  publicAddress: text('Address that DNS shows, where a router translates it to ip.', {
    pattern: PATTERNS.ipv4,
  }).optional(),
  role: z.enum(ROLES).optional().meta({
    description: 'controller: the control plane; worker; edge: a worker that faces the Internet.',
    default: 'worker',
  }),
  mac: text('MAC address of the interface.', { pattern: PATTERNS.mac }).optional(),
  arch: z.enum(ARCHITECTURES).optional().meta({ description: 'Processor architecture.', default: 'amd64' }),
  os: osField('Operating system of this machine.').optional(),
  installDisk: text('Disk to install the OS on, such as /dev/sda. Default: it is installed already.', {
    pattern: '^/dev/',
  }).optional(),
  labels: z.record(z.string(), z.string()).optional().meta({ description: 'Labels of the node.' }),
  taints: z.array(taint).optional().meta({ description: 'Taints of the node.' }),
  network: staticNetwork.optional(),
  files: z.array(extraFile).optional().meta({ description: 'More files on the machine.' }),
  units: z.array(extraUnit).optional().meta({ description: 'More systemd units on the machine.' }),
});
