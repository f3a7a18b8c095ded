import semver from 'semver';
import type { PreloadArchive } from '../inventory/types.js';
import { inputError } from '../support/problem.js';
import type { Bundle } from './bundle.js';
import { imageArtefacts, preloadArtefacts } from './image-artefacts.js';
import { knownVersions, resolveArtefact, supportedKubernetesVersions } from './pinned-downloads.js';
import type { ArtefactTarget, Component, ComponentVersions, InstallArtefact } from './types.js';

/**
 * The release lines that go with every Kubernetes minor of the catalogue: etcd 3.6 is what 1.34 and later are
 * tested with, containerd 2.3 is the long-term line, runc 1.4 the one it is released with.
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
 * The version of each component that a Kubernetes version is run with: the newest of the line that fits.
 * @throws InputError when the catalogue does not know the Kubernetes version.
 */
export function componentVersions(kubernetesVersion: string): ComponentVersions {
  if (!supportedKubernetesVersions().includes(kubernetesVersion)) throw unsupported(kubernetesVersion);
  const { major, minor } = new semver.SemVer(kubernetesVersion);
  return {
    kubelet: kubernetesVersion,
    kubectl: kubernetesVersion,
    etcd: newest('etcd', LINES.etcd),
    containerd: newest('containerd', LINES.containerd),
    runc: newest('runc', LINES.runc),
    'cni-plugins': newest('cni-plugins', LINES['cni-plugins']),
    crictl: newest('crictl', `${major}.${minor}`),
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
 * What one machine installs. Every machine: kubelet, CNI plugins, crictl, and containerd with runc where the
 * operating system brings none; controllers also kubectl and etcd's tools (etcd itself runs as a static pod). Then
 * the images, those of the cluster before the user's own.
 * @throws InputError when the catalogue lacks a version or a build for the architecture.
 */
export function installArtefacts(
  role: 'controller' | 'worker' | 'edge',
  arch: 'amd64' | 'arm64',
  kubernetesVersion: string,
  paths: ProgramFolders,
  os: { readonly bringsContainerd: boolean },
  { bundle, images = [], preload = [] }: InstallPins = {},
): InstallArtefact[] {
  const versions = componentVersions(kubernetesVersion);
  const names: Component[] = [
    // First, since it starts while the rest is fetched.
    ...(os.bringsContainerd ? [] : (['containerd', 'runc'] as const)),
    'kubelet',
    'cni-plugins',
    'crictl',
    ...(role === 'controller' ? (['kubectl', 'etcd'] as const) : []),
  ];
  return [
    ...names.map((name) => pin(installArtefact(name, versions[name], arch, paths), arch, bundle)),
    ...imageArtefacts(images, arch, bundle),
    ...preloadArtefacts(preload, role),
  ];
}

/** The bundle's checksum where it has the component, the catalogue's otherwise. */
function pin<A extends InstallArtefact>(artefact: A, arch: 'amd64' | 'arm64', bundle: Bundle | undefined): A {
  const pinned = bundle?.files.find(
    (file) => file.component === artefact.name && file.componentVersion === artefact.version && file.arch === arch,
  );
  return pinned === undefined ? artefact : { ...artefact, sha256: pinned.sha256 };
}

function installArtefact(
  name: Component,
  version: string,
  arch: 'amd64' | 'arm64',
  paths: ProgramFolders,
): InstallArtefact {
  const { url, sha256, format } = resolveArtefact(name, version, arch);
  const members = targets(name, version, arch, paths);
  const [first] = members;
  if (format === 'binary' && first !== undefined) return { name, version, url, sha256, format, members: [first] };
  return { name, version, url, sha256, format: 'tar.gz', members };
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
  const found = knownVersions(component).find((version) => version.startsWith(`${line}.`));
  if (found !== undefined) return found;
  throw inputError(
    'unknown-version',
    `the catalogue has no ${component} of the line ${line}`,
    'Refresh the catalogue with tools/refresh-releases.mjs.',
  );
}

function unsupported(version: string) {
  const known = supportedKubernetesVersions().join(', ');
  return inputError(
    'unsupported-kubernetes-version',
    `Kubernetes ${version} is not in the catalogue`,
    `Use one of ${known}.`,
    version,
  );
}
