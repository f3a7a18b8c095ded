import { addonFiles, ingressFiles, nodeImages } from './addons/index.js';
import { isoImage } from './artifacts/iso.js';
import { tarArchive } from './artifacts/tar.js';
import { adoptScript, applyScript, etcdScript, kubeletScript, renderInstallScript } from './host/scripts.js';
import type { Cluster, Machine } from './inventory/types.js';
import { containerdFiles, containerdUnit, directHosts } from './manifests/containerd.js';
import { type EtcdState, staticPodDirectories, staticPodFiles } from './manifests/control-plane.js';
import { firewallFiles, firewallUnit } from './manifests/firewall/index.js';
import { kubeletFiles } from './manifests/kubelet.js';
import { kubeletUnit } from './manifests/kubelet-unit.js';
import { COMPONENT_USERS } from './manifests/users.js';
import { systemFiles } from './os/network.js';
import { operatingSystem } from './os/registry.js';
import { machinePkiFiles, nodeSslFiles, operatorFiles } from './pki/index.js';
import { applyUnits } from './plan/apply-units.js';
import type { ClusterPlan, HostFile, HostUnit, Node, PreviousGeneration, SealedConfig } from './plan/index.js';
import { adoptUnit, installUnit, maskedUnit, planCluster, planMachine, rootFile, sealConfig } from './plan/index.js';
import type { Bundle } from './releases/bundle.js';
import { componentVersions, installArtefacts } from './releases/catalogue.js';
import { type ComponentImages, componentImages } from './releases/images.js';
import type { Secrets } from './secrets/types.js';
import type { FileTree } from './support/files.js';
import { textFile } from './support/files.js';

/** What earlier runs left behind that the next one has to respect. */
export interface GenerateOptions {
  /** The last generation of each machine, by name, from `ironkeel.lock`. */
  readonly generations: ReadonlyMap<string, PreviousGeneration>;
  /** Generation of a machine without a known history. Default 1. */
  readonly firstGeneration?: number;
  /** Whether the CA keys are also written as `ssl/*-key.pem`; false where the secrets are encrypted. */
  readonly plainCaKeys: boolean;
  /** What `ironkeel.lock` pins: machines install these files and images. Default: the catalogue's, and no image. */
  readonly bundle?: Bundle | undefined;
  /**
   * `existing` once the cluster was seen to be up: a member of etcd with an empty disk then does not start. Default:
   * `new`.
   */
  readonly etcdState?: EtcdState | undefined;
}

/** One machine's outputs: the files of `inventory/node-NAME/`, the image of its drive not included. */
export interface GeneratedMachine {
  readonly name: string;
  readonly sealed: SealedConfig;
  /** Relative to the node folder. */
  readonly files: FileTree;
}

export interface Generated {
  /** Relative to the cluster's folder: `ssl/…`, `kubeconfig`, `known_hosts`. */
  readonly operatorFiles: FileTree;
  /** Rendered one at a time while iterating: a thousand machines do not fit in memory at once. */
  machines(names?: ReadonlySet<string>): Iterable<GeneratedMachine>;
}

/**
 * The whole of Ironkeel as one function: the same inventory, secrets and history give the same bytes. Every
 * certificate has to be issued already (`issueCertificates`).
 */
export function generate(cluster: Cluster, secrets: Secrets, options: GenerateOptions): Generated {
  const plan = planCluster(cluster);
  const programs = programsOf(plan, options.bundle);
  return {
    operatorFiles: operatorFiles(plan, secrets, { plainCaKeys: options.plainCaKeys }),
    *machines(names) {
      for (const node of plan.nodes) {
        if (!(names?.has(node.machine.name) ?? true)) continue;
        yield generateMachine(plan, node, secrets, options, programs(node.machine));
      }
    },
  };
}

function generateMachine(
  plan: ClusterPlan,
  node: Node,
  secrets: Secrets,
  options: GenerateOptions,
  programs: Programs,
): GeneratedMachine {
  const { name } = node.machine;
  const system = operatingSystem(node.machine.os);
  const { images } = programs;
  const { etcdState = 'new' } = options;
  const pkiFiles = machinePkiFiles(plan, node, secrets, COMPONENT_USERS);
  const config = planMachine(plan, node, {
    clusterId: secrets.clusterId,
    user: { name: system.loginUser, groups: system.loginGroups },
    units: programs.units,
    pkiFiles,
    systemFiles: [
      ...systemFiles(system, node.machine.network, plan.cluster.ntp),
      ...programs.files,
      ...kubeletFiles(plan, node, system.paths),
      ...staticPodFiles({ plan, node, secrets, images, etcdState, pkiFiles }),
      ...firewallFiles(plan, node),
      ...ingressFiles(plan, node, pkiFiles),
    ],
    directories: staticPodDirectories(plan, node),
    adoptProgram: programs.adopt,
    installProgram: programs.install,
  });
  const sealed = sealConfig(config, programs.bootUnits, options.generations.get(name), options.firstGeneration);
  const files = [
    ...system.render(sealed),
    { path: 'cloud-config/ironkeel/payload.tar', mode: 0o600, content: payloadArchive(sealed) },
    { path: 'install.sh', mode: 0o755, content: programs.install.content },
    ...nodeSslFiles(plan, node, secrets),
  ];
  return { name, sealed, files };
}

/** What machines of one role, system and architecture share: made once, so that it is hashed and encoded once. */
interface Programs {
  readonly adopt: HostFile;
  readonly install: HostFile;
  readonly images: ComponentImages;
  /** The other programs, and the configuration of the container runtime. */
  readonly files: readonly HostFile[];
  readonly units: readonly HostUnit[];
  /** The units the operating system has to start by itself. */
  readonly bootUnits: readonly HostUnit[];
}

/** The programs of each kind of machine in one cluster. */
function programsOf(plan: ClusterPlan, bundle: Bundle | undefined): (machine: Machine) => Programs {
  const known = new Map<string, Programs>();
  return (machine) => {
    const kind = `${machine.os} ${machine.role} ${machine.architecture}`;
    const programs = known.get(kind) ?? makePrograms(plan, machine, bundle);
    known.set(kind, programs);
    return programs;
  };
}

function makePrograms(plan: ClusterPlan, machine: Machine, bundle: Bundle | undefined): Programs {
  const { cluster } = plan;
  const { os, role, architecture } = machine;
  const system = operatingSystem(os);
  const { binDir } = system.paths;
  const adopt = rootFile(`${binDir}/ironkeel-adopt`, adoptScript(), 0o755);
  const { version } = cluster.kubernetes;
  const images = componentImages(version, componentVersions(version).etcd);
  const etcd = role === 'controller' && cluster.etcd.external === undefined;
  const apply = role === 'controller' ? applyParts(plan, images, binDir) : { files: [], units: [] };
  const run = nodeImages(plan, { machine, nodeName: machine.name }, images);
  const pins = { bundle, images: run, preload: cluster.preload };
  const artefacts = installArtefacts(role, architecture, version, system.paths, system, pins);
  const script = renderInstallScript({ artefacts, mirror: cluster.artefactMirror, proxy: installProxy(cluster) });
  const install = rootFile(`${binDir}/ironkeel-install`, script, 0o755);
  return {
    adopt,
    install,
    images,
    files: [
      ...containerdFiles(cluster, system.paths, images.pause),
      rootFile(`${binDir}/ironkeel-kubelet`, kubeletScript(), 0o755),
      ...(etcd ? [rootFile(`${binDir}/ironkeel-etcd`, etcdScript(), 0o755)] : []),
      ...apply.files,
    ],
    units: [
      installUnit(install.path),
      containerdUnit(cluster, system.paths, system.bringsContainerd),
      kubeletUnit(system.paths, etcd),
      ...apply.units,
      ...(cluster.firewall.enabled ? [firewallUnit] : []),
      ...system.maskedUnits.map(maskedUnit),
    ],
    bootUnits: [adoptUnit(adopt.path)],
  };
}

/** What brings the manifests and the nodes' labels into the cluster. */
function applyParts(plan: ClusterPlan, images: ComponentImages, binDir: string) {
  const program = rootFile(`${binDir}/ironkeel-apply`, applyScript(), 0o755);
  return { files: [program, ...addonFiles(plan, images)], units: applyUnits(program.path) };
}

/** What is reached without the proxy is the same for downloads as for images. */
function installProxy(cluster: Cluster): Cluster['proxy'] {
  return cluster.proxy === undefined ? undefined : { ...cluster.proxy, noProxy: directHosts(cluster) };
}

/** The payload once more as one archive, which a machine that is already running adopts from a newer drive. */
function payloadArchive(sealed: SealedConfig): Uint8Array {
  const root = String(sealed.generation);
  const manifest = textFile(`${root}/manifest`, sealed.manifest, 0o600);
  const files = sealed.files.map(({ path, content }) => ({ path: `${root}/root${path}`, mode: 0o600, content }));
  return tarArchive([manifest, ...files]);
}

/** What a drive is labelled and how its files are laid out: OpenStack's config drive. */
const CONFIG_DRIVE_LABEL = 'config-2';
const CONFIG_DRIVE_FOLDER = 'cloud-config/';

/**
 * The image of a machine's config drive: what its node folder holds below `cloud-config/`, readable by root
 * alone since it carries keys.
 */
export function configDrive(files: FileTree): Uint8Array {
  const content = files
    .filter(({ path }) => path.startsWith(CONFIG_DRIVE_FOLDER))
    .map(({ path, content: bytes }) => ({ path: path.slice(CONFIG_DRIVE_FOLDER.length), mode: 0o400, content: bytes }));
  return isoImage(content, { volumeId: CONFIG_DRIVE_LABEL });
}
