import { operatingSystem } from '../os/registry.js';
import { mirrorAddress } from './topology.js';
import type { Lab, LabMachine } from './types.js';

/** Port of the mirror on the router. */
export const MIRROR_PORT = 8080;

/** One thing that the lab changes on a machine for its own sake. None of it is a default of the product. */
export interface OverlayEntry {
  readonly path: string;
  /** The file's text, or what a link points to. */
  readonly content: string;
  readonly kind: 'file' | 'link';
  /** What would happen without it; shown by `lab up`. */
  readonly why: string;
}

/** What the overlay needs to know of the machine and its host. */
export interface OverlayInput {
  /** The machine's containerd. */
  readonly containerd: string;
  /** `uname -r` of the host. */
  readonly kernel: string;
  /** Whether netplan configures the network. */
  readonly netplan: boolean;
  /** Base URL; undefined: no mirror. */
  readonly mirror?: string | undefined;
  /** The ConfigMap that takes the place of kube-proxy's; undefined on machines that apply nothing. */
  readonly kubeProxy?: string | undefined;
}

/** Everything the lab puts on a machine's disk besides what its image holds. */
export function overlay(input: OverlayInput): readonly OverlayEntry[] {
  return [
    ...kubernetesEntries(input),
    ...applyEntries(input),
    ...networkEntries(input),
    ...systemEntries(input),
    ...mirrorEntries(input),
  ];
}

/** The overlay of one machine of a lab. */
export function machineOverlay(lab: Lab, { os, role }: LabMachine, kernel: string): readonly OverlayEntry[] {
  const { bringsContainerd, paths } = operatingSystem(os);
  const containerd = bringsContainerd ? '/usr/bin/containerd' : `${paths.binDir}/containerd`;
  const kubeProxy = role === 'controller' ? lab.kubeProxy : undefined;
  return overlay({ containerd, kernel, netplan: os === 'debian', mirror: mirrorUrl(lab), kubeProxy });
}

/** What alone a machine with a kernel of its own needs of it. */
export function mirrorOverlay(lab: Lab): readonly OverlayEntry[] {
  return mirrorEntries({ mirror: mirrorUrl(lab) });
}

function mirrorUrl({ bundle, plan }: Lab): string | undefined {
  return bundle === undefined ? undefined : `http://${mirrorAddress(plan)}:${MIRROR_PORT}`;
}

const RUNTIME_CONFIG = '/run/lab-containerd.toml';

function kubernetesEntries({ containerd }: OverlayInput): OverlayEntry[] {
  return [
    file(
      '/etc/kubernetes/kubelet.conf.d/90-lab.conf',
      'the kubelet refuses cgroup v1, and version 2 has no controllers on a host that binds them to version 1',
      '{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "failCgroupV1": false}',
    ),
    file(
      '/etc/kubernetes/kubelet.conf.d/91-lab-disk.conf',
      'kubelets take no pods and remove images: the host’s disk is less free than a machine’s own would be',
      JSON.stringify({
        apiVersion: 'kubelet.config.k8s.io/v1beta1',
        kind: 'KubeletConfiguration',
        // What is not named here has no limit: that of memory is the kubelet's own.
        evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
        imageGCHighThresholdPercent: 100,
      }),
    ),
    file(
      '/etc/lab/containerd-config',
      'no sandbox starts: the host allows no lower OOM score than its own shell has',
      '#!/bin/sh',
      // An import would do with containerd 2; version 1 lets it replace the whole table.
      `table='plugins\\.["'"'"']io\\.containerd\\.\\(grpc\\.v1\\.cri\\|cri\\.v1\\.runtime\\)["'"'"']'`,
      `sed "s/^\\[$table\\]\\$/&\\nrestrict_oom_score_adj = true/" /etc/containerd/config.toml >${RUNTIME_CONFIG} ||`,
      `  echo 'version = 2' >${RUNTIME_CONFIG}`,
    ),
    file(
      '/etc/systemd/system/containerd.service.d/90-lab.conf',
      'containerd would not read the line before',
      '[Service]',
      'ExecStartPre=/bin/sh /etc/lab/containerd-config',
      'ExecStart=',
      `ExecStart=${containerd} --config ${RUNTIME_CONFIG}`,
    ),
  ];
}

function applyEntries({ kubeProxy }: OverlayInput): OverlayEntry[] {
  if (kubeProxy === undefined) return [];
  return [
    file(
      '/etc/kubernetes/addons.d/90-lab-kube-proxy.yaml',
      'kube-proxy ends: nf_conntrack_max is the whole kernel’s and cannot be written in a machine',
      kubeProxy.trimEnd(),
    ),
  ];
}

const CABLE = '/etc/systemd/network/10-ironkeel.network.d';

/** The lab's cables are virtual, and have no address from a manufacturer. */
function networkEntries({ netplan }: OverlayInput): OverlayEntry[] {
  return [
    file(
      `${CABLE}/90-lab.conf`,
      'a static address without a MAC is for interfaces that are not virtual, and the lab’s cables are',
      ...['[Match]', 'Kind=', 'PermanentMACAddress=', 'Name=eth*'],
    ),
    link('/etc/systemd/network/90-ironkeel-first-boot.network.d', CABLE, 'the same, before the first adoption'),
    ...(netplan
      ? [link('/etc/systemd/network/10-netplan-eth0.network.d', CABLE, 'netplan asks for a manufacturer’s MAC')]
      : []),
  ];
}

function systemEntries({ kernel }: OverlayInput): OverlayEntry[] {
  const modules = ['overlay', 'br_netfilter', 'nf_conntrack', 'nf_tables', 'vxlan', 'veth', 'bridge', 'tun'];
  return [
    file(
      `/usr/lib/modules/${kernel}/modules.builtin`,
      'modprobe calls modules missing that the host’s kernel has built in',
      ...modules.map((name) => `kernel/${name}.ko`),
    ),
    file(
      '/etc/systemd/system.conf.d/90-lab.conf',
      'a stuck program holds each shutdown for a minute and a half',
      '[Manager]',
      'DefaultTimeoutStopSec=5s',
    ),
    file(
      '/etc/systemd/journald.conf.d/90-lab.conf',
      'the host’s kernel messages are in every journal',
      '[Journal]',
      'ReadKMsg=no',
    ),
    ...['systemd-modules-load', 'systemd-udevd', 'systemd-udev-trigger', 'systemd-timesyncd'].map((unit) =>
      link(
        `/etc/systemd/system/${unit}.service`,
        '/dev/null',
        'it would set the host’s kernel, devices or clock, or fail to',
      ),
    ),
  ];
}

function mirrorEntries({ mirror }: Pick<OverlayInput, 'mirror'>): OverlayEntry[] {
  if (mirror === undefined) return [];
  return [
    file(
      '/etc/systemd/system/ironkeel-install.service.d/90-lab.conf',
      'install.sh asks the publishers, and the lab has no way out',
      '[Service]',
      `Environment=IRONKEEL_MIRROR=${mirror}`,
    ),
  ];
}

function file(path: string, why: string, ...lines: readonly string[]): OverlayEntry {
  return { path, content: lines.map((line) => `${line}\n`).join(''), kind: 'file', why };
}

function link(path: string, target: string, why: string): OverlayEntry {
  return { path, content: target, kind: 'link', why };
}
