import type { Architecture, PreloadArchive, Role } from '../inventory/types.js';
import { inputError } from '../support/problem.js';
import type { Bundle } from './bundle.js';
import { imageArtefacts, preloadArtefacts } from './image-artefacts.js';
import { isSupportedRelease, minorOf, SUPPORTED_MINORS } from './minors.js';
import { downloadOf, knownVersions, supportedKubernetesVersions } from './pinned-downloads.js';
import { pinDownload } from './pins.js';
import type { ArtefactTarget, Component, ComponentVersions, InstallArtefact, ProgramDownload } from './types.js';

/**
 * The release lines that go with every supported Kubernetes minor: etcd 3.6 serves all of them (kubeadm of 1.37 brings
 * 3.7 and takes 3.5.24 and later), containerd 2.3 is the long-term line, runc 1.4 the one it is released with.
 */
const LINES = { etcd: '3.6', containerd: '2.3', runc: '1.4', 'cni-plugins': '1' } as const;

/** Plugins of the CNI release, by its `build_linux.sh`: the network addons call them by name. */
const CNI_PLUGINS = [
  ...['bandwidth', 'bridge', 'dhcp', 'dummy', 'firewall', 'host-device', 'host-local', 'ipvlan', 'loopback'],
  ...['macvlan', 'portmap', 'ptp', 'sbr', 'static', 'tap', 'tuning', 'vlan', 'vrf'],
];

/** Where programs go; `plan/` calls this `HostPaths`. */
interface ProgramFolders {
  readonly binDir: string;
  readonly cniBinDir: string;
}

/**
 * The version of each component that a Kubernetes version is run with: the newest of the line that fits. A release
 * of a supported minor need not be in the catalogue for it.
 * @throws InputError when the minor is not supported.
 */
export function componentVersions(kubernetesVersion: string): ComponentVersions {
  if (!isSupportedRelease(kubernetesVersion)) throw unsupported(kubernetesVersion);
  const minor = minorOf(kubernetesVersion) ?? '';
  return {
    kubelet: kubernetesVersion,
    kubectl: kubernetesVersion,
    etcd: newest('etcd', LINES.etcd),
    containerd: newest('containerd', LINES.containerd),
    runc: newest('runc', LINES.runc),
    'cni-plugins': newest('cni-plugins', LINES['cni-plugins']),
    // Released beside each minor, under its number.
    crictl: find('crictl', minor) ?? `${minor}.0`,
  };
}

/** What else decides on a machine's downloads than its Kubernetes version. */
export interface InstallPins {
  /** Its checksums go before the catalogue's: the mirror serves what is in it. */
  readonly bundle?: Bundle | undefined;
  /** The images the machine runs, by their full names; those that are in the bundle are imported. */
  readonly images?: readonly string[];
  /** The user's own archives, as the inventory has them. */
  readonly preload?: readonly PreloadArchive[];
}

/**
 * The programs one machine installs, with their addresses and without checksums. Every machine: kubelet, CNI plugins,
 * crictl, and containerd with runc where the operating system brings none; controllers also kubectl and etcd's tools
 * (etcd itself runs as a static pod).
 * @throws InputError when the Kubernetes version is not supported.
 */
export function machineDownloads(
  role: Role,
  arch: Architecture,
  kubernetesVersion: string,
  paths: ProgramFolders,
  os: { readonly bringsContainerd: boolean },
): ProgramDownload[] {
  const versions = componentVersions(kubernetesVersion);
  const names: Component[] = [
    // First, since it starts while the rest is fetched.
    ...(os.bringsContainerd ? [] : (['containerd', 'runc'] as const)),
    'kubelet',
    'cni-plugins',
    'crictl',
    ...(role === 'controller' ? (['kubectl', 'etcd'] as const) : []),
  ];
  return names.map((name) => programDownload(name, versions[name], arch, paths));
}

/**
 * What one machine installs: its programs, then the images, those of the cluster before the user's own.
 * @throws InputError when neither the bundle nor the catalogue has a checksum.
 */
export function installArtefacts(
  role: Role,
  arch: Architecture,
  kubernetesVersion: string,
  paths: ProgramFolders,
  os: { readonly bringsContainerd: boolean },
  { bundle, images = [], preload = [] }: InstallPins = {},
): InstallArtefact[] {
  return [
    ...machineDownloads(role, arch, kubernetesVersion, paths, os).map((one) => pinDownload(one, arch, bundle)),
    ...imageArtefacts(images, arch, bundle),
    ...preloadArtefacts(preload, role),
  ];
}

function programDownload(name: Component, version: string, arch: Architecture, paths: ProgramFolders): ProgramDownload {
  const { url, format } = downloadOf(name, version, arch);
  const members = targets(name, version, arch, paths);
  const [first] = members;
  if (format === 'binary' && first !== undefined) return { name, version, url, format, members: [first] };
  return { name, version, url, format: 'tar.gz', members };
}

/** The programs wanted from each download. The archives hold more: windows-only tools, licences, stress tests. */
function targets(name: Component, version: string, arch: string, paths: ProgramFolders): ArtefactTarget[] {
  const program = (from: string, folder = paths.binDir) => ({
    from,
    to: `${folder}/${from.slice(from.lastIndexOf('/') + 1)}`,
    mode: 0o755,
  });
  switch (name) {
    case 'containerd':
      return ['bin/containerd', 'bin/containerd-shim-runc-v2', 'bin/ctr'].map((from) => program(from));
    case 'cni-plugins':
      return CNI_PLUGINS.map((plugin) => program(plugin, paths.cniBinDir));
    case 'etcd':
      return ['etcdctl', 'etcdutl'].map((tool) => program(`etcd-v${version}-linux-${arch}/${tool}`));
    default:
      return [program(name)];
  }
}

function newest(component: string, line: string): string {
  const found = find(component, line);
  if (found !== undefined) return found;
  throw inputError(
    'unknown-version',
    `the catalogue has no ${component} of the line ${line}`,
    'Refresh the catalogue with tools/refresh-releases.mjs.',
  );
}

function find(component: string, line: string): string | undefined {
  return knownVersions(component).find((version) => version.startsWith(`${line}.`));
}

function unsupported(version: string) {
  const known = supportedKubernetesVersions().join(', ');
  return inputError(
    'unsupported-kubernetes-version',
    `Kubernetes ${version} is not supported`,
    `Use one of ${known}, or another release of ${SUPPORTED_MINORS.join(', ')}.`,
    version,
  );
}
