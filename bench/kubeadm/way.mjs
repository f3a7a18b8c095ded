// kubeadm's way, as its documentation has it and a script would do it: `kubeadm init`, the pod network, `kubeadm join`
// on all other machines at once. The machines are the same, configured already, with the same programs and images.
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driveOf } from '../bring-up/ironkeel.mjs';
import { CONTROLLER, component, copy, MACHINES, place, WORKERS } from '../bring-up/lab.mjs';
import { initConfiguration, joinConfiguration } from './configuration.mjs';

const UNIT = fileURLToPath(new URL('./kubelet.service', import.meta.url));
const UNITS = 'etc/systemd/system';
/** What a machine is configured with before kubeadm comes. */
const CONFIGURATION = [
  'etc/containerd',
  'etc/crictl.yaml',
  'etc/hostname',
  'etc/machine-id',
  'etc/modules-load.d',
  'etc/ssh',
  'etc/sysctl.d',
  'etc/systemd/network',
  'etc/systemd/networkd.conf.d',
  `${UNITS}/containerd.service.d`,
];
const ADMIN = 'etc/kubernetes/admin.conf';
/** What a script waits for before it begins on a machine that boots. */
const AWAIT = 'until systemctl --quiet is-active containerd; do sleep 0.1; done;';

export const kubeadm = {
  name: 'kubeadm',

  prepare(lab) {
    const flannel = flannelManifest(lab);
    const program = component('kubernetes', 'kubeadm');
    for (const machine of MACHINES) {
      lab.freshDisk(machine);
      for (const path of CONFIGURATION) copy(lab.preloaded(machine, `disk/${path}`), lab.disk(machine, path));
      allowPort53(lab, machine);
      copy(program, lab.disk(machine, 'opt/bin/kubeadm'));
      place(lab.disk(machine, `${UNITS}/kubelet.service`), readFileSync(UNIT));
      enable(lab, machine, 'kubelet.service', `/${UNITS}/kubelet.service`);
      enable(lab, machine, 'containerd.service', '/usr/lib/systemd/system/containerd.service');
      const drive = driveOf(lab, machine);
      if (existsSync(drive)) renameSync(drive, `${drive}.unplugged`);
    }
    place(lab.disk(CONTROLLER, 'etc/bench/init.yaml'), initConfiguration(lab));
    place(lab.disk(CONTROLLER, 'etc/bench/flannel.yaml'), flannel);
  },

  kubeconfig: (lab) => lab.disk(CONTROLLER, ADMIN),

  /** Resolves to the milliseconds at which each step was done. */
  async bringUp(lab) {
    const init = await lab.start(CONTROLLER, 'sh', '-ec', `${AWAIT} kubeadm init --config /etc/bench/init.yaml`);
    const hash = authorityHash(lab);
    const apply = ['kubectl', `--kubeconfig=/${ADMIN}`, 'apply', '--server-side', '-f', '/etc/bench/flannel.yaml'];
    const joins = WORKERS.map((machine) => {
      const script = `${AWAIT} printf '%s' "$1" >/etc/join.yaml; kubeadm join --config /etc/join.yaml`;
      return lab.start(machine, 'sh', '-ec', script, 'join', joinConfiguration(machine, hash));
    });
    const [, ...joined] = await Promise.all([lab.start(CONTROLLER, ...apply), ...joins]);
    return { init, joined: Math.max(...joined) };
  },

  steps: () => ({}),
};

/**
 * kubeadm's CoreDNS leaves it to its image to be allowed port 53, which the lab's images do not: their files have no
 * capabilities. containerd can allow it to all.
 */
function allowPort53(lab, machine) {
  const file = lab.disk(machine, 'etc/containerd/config.toml');
  const table = /^\[plugins\."io\.containerd\.grpc\.v1\.cri"\]$/m;
  writeFileSync(file, readFileSync(file, 'utf8').replace(table, '$&\nenable_unprivileged_ports = true'));
}

function enable(lab, machine, unit, target) {
  const link = lab.disk(machine, `${UNITS}/multi-user.target.wants/${unit}`);
  place(link, '');
  rmSync(link);
  symlinkSync(target, link);
}

/** As `kubeadm init` prints it: of the public key of the cluster's authority. */
function authorityHash(lab) {
  const { publicKey } = new X509Certificate(readFileSync(lab.disk(CONTROLLER, 'etc/kubernetes/pki/ca.crt')));
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return `sha256:${digest}`;
}

/**
 * Flannel as Ironkeel renders it for a cluster without its network-policy enforcer, which kubeadm has not either; it
 * asks the API server itself, there being no balancer.
 */
function flannelManifest(lab) {
  const folder = join(lab.home, 'flannel');
  copy(lab.folder, folder);
  const inventory = join(folder, 'cluster.yaml');
  writeFileSync(inventory, `${readFileSync(inventory, 'utf8')}\naddons: {networkPolicy: false}\n`);
  lab.ironkeelIn(folder, 'build');
  const payload = join(folder, 'inventory/node-controller/cloud-config/ironkeel/payload.tar');
  const wanted = ['--wildcards', '*/etc/kubernetes/addons/*-flannel.yaml'];
  const text = execFileSync('tar', ['-xOf', payload, ...wanted], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return text.replace(/(_HOST\n +value: )"127.0.0.1"/, `$1"${CONTROLLER.ip}"`).replace('"7443"', '"6443"');
}
