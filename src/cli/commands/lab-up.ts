import type { DriverName, Provision } from '../../lab/types.js';
import { command } from '../command.js';
import { off, optionalText } from './parameters.js';

export type LabUpFlags = {
  readonly driver: DriverName;
  readonly install: boolean;
  readonly bundle?: string | undefined;
  readonly clock?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly except?: readonly string[] | undefined;
  readonly order: 'inventory' | 'reverse';
  readonly provision: Provision;
};

const machines = { kind: 'parsed', parse: String, optional: true, variadic: ',', placeholder: 'MACHINE' } as const;

export const labUp = command<LabUpFlags, []>({
  brief: 'Boot the machines of cluster.yaml in a lab on this host, from the drives that build wrote',
  description:
    'Makes network namespaces without a way out, in which the addresses of cluster.yaml exist, and boots each machine from its config.iso, unchanged. Prints what the lab changes on a machine for its own sake. Returns when every machine is on; `ironkeel wait` waits for the cluster. A second run changes nothing. Needs Linux and root.',
  usage: '[--bundle DIR] [--install] [--only MACHINE,…]',
  examples: [
    ['ironkeel lab up --bundle bundle', 'machines install from this folder, made by `ironkeel bundle`'],
    ['ironkeel lab up --install', 'install missing Debian packages first'],
    ['ironkeel lab up --order reverse', 'the last machine first'],
    ['ironkeel lab up --except worker2', 'all but one'],
    ['ironkeel lab up --driver qemu --clock 2020-01-01', 'real boots, of machines whose clock is wrong'],
  ],
  flags: {
    driver: { kind: 'enum', values: ['nspawn', 'qemu'], default: 'nspawn', brief: 'What the machines run in' },
    install: { ...off, brief: 'Install missing Debian packages with apt-get' },
    bundle: { ...optionalText, placeholder: 'DIR', brief: 'Folder of artefacts, served inside the lab' },
    clock: { ...optionalText, placeholder: 'DATE', brief: 'What the machines’ clocks say at power on (with QEMU)' },
    only: { ...machines, brief: 'Switch on these machines only' },
    except: { ...machines, brief: 'Leave these machines off' },
    order: { kind: 'enum', values: ['inventory', 'reverse'], default: 'inventory', brief: 'Which machine comes first' },
    provision: {
      kind: 'enum',
      values: ['drive', 'ignition'],
      default: 'drive',
      brief: 'How Flatcar gets its configuration: config.iso, or config.ign before the first boot',
    },
  },
  load: () => import('../actions/lab-up.js'),
});
