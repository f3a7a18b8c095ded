import { isoImage } from './artifacts/iso.js';
import { tarArchive } from './artifacts/tar.js';
import { adoptScript, renderInstallScript } from './host/scripts.js';
import type { Cluster } from './inventory/types.js';
import { kubeletFiles } from './manifests/kubelet.js';
import { systemFiles } from './os/network.js';
import { operatingSystem } from './os/registry.js';
import type { OperatingSystem } from './os/types.js';
import { machinePkiFiles, nodeSslFiles, operatorFiles } from './pki/index.js';
import type { ClusterPlan, HostFile, MachineConfig, Node, PreviousGeneration, SealedConfig } from './plan/index.js';
import { adoptUnit, planCluster, planMachine, rootFile, sealConfig } from './plan/index.js';
import { installArtefacts } from './releases/catalogue.js';
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
  return {
    operatorFiles: operatorFiles(plan, secrets, { plainCaKeys: options.plainCaKeys }),
    *machines(names) {
      for (const node of plan.nodes) {
        if (names?.has(node.machine.name) ?? true) yield generateMachine(plan, node, secrets, options);
      }
    },
  };
}

function generateMachine(plan: ClusterPlan, node: Node, secrets: Secrets, options: GenerateOptions): GeneratedMachine {
  const { name } = node.machine;
  const system = operatingSystem(node.machine.os);
  const installScript = machineInstallScript(plan, node, system);
  const config = machineConfig(plan, node, secrets, system, installScript);
  const boot = [adoptUnit(adoptProgram(system).path)];
  const sealed = sealConfig(config, boot, options.generations.get(name), options.firstGeneration);
  const files = [
    ...system.render(sealed),
    { path: 'cloud-config/ironkeel/payload.tar', mode: 0o600, content: payloadArchive(sealed) },
    textFile('install.sh', installScript, 0o755),
    ...nodeSslFiles(plan, node, secrets),
  ];
  return { name, sealed, files };
}

function machineConfig(
  plan: ClusterPlan,
  node: Node,
  secrets: Secrets,
  system: OperatingSystem,
  installScript: string,
): MachineConfig {
  return planMachine(plan, node, {
    clusterId: secrets.clusterId,
    user: { name: system.loginUser, groups: system.loginGroups },
    paths: system.paths,
    maskedUnits: system.maskedUnits,
    pkiFiles: machinePkiFiles(plan, node, secrets),
    systemFiles: [
      ...systemFiles(system, node.machine.network, plan.cluster.ntp),
      ...kubeletFiles(plan, node, system.paths),
    ],
    adoptProgram: adoptProgram(system),
    installScript,
  });
}

function machineInstallScript(plan: ClusterPlan, node: Node, system: OperatingSystem): string {
  const { cluster } = plan;
  const { name, role, architecture } = node.machine;
  return renderInstallScript({
    machine: name,
    artefacts: installArtefacts(role, architecture, cluster.kubernetes.version, system.paths, system),
    ...(cluster.artefactMirror === undefined ? {} : { mirror: cluster.artefactMirror }),
    ...(cluster.proxy === undefined ? {} : { proxy: cluster.proxy }),
  });
}

// One object for all machines of an operating system, so that it is encoded and hashed once.
const adoptPrograms = new Map<string, HostFile>();

function adoptProgram(system: OperatingSystem): HostFile {
  const path = `${system.paths.binDir}/ironkeel-adopt`;
  const program = adoptPrograms.get(path) ?? rootFile(path, adoptScript(), 0o755);
  adoptPrograms.set(path, program);
  return program;
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
