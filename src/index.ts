/**
 * Ironkeel as a library: read an inventory, keep its secrets, generate every file of the cluster, and make
 * images of them. The command line does nothing that this cannot.
 *
 * @example
 * const { cluster } = parseInventory(text, 'cluster.yaml', context);
 * const { secrets } = issueCertificates(planCluster(cluster), mintSecrets(options, now), now);
 * for (const machine of generate(cluster, secrets, { generations: new Map(), plainCaKeys: false }).machines()) {
 *   write(`node-${machine.name}/config.iso`, configDrive(machine.files));
 * }
 */
export { type FatOptions, fatImage } from './artifacts/fat.js';
export { type IsoOptions, isoImage } from './artifacts/iso.js';
export { tarArchive } from './artifacts/tar.js';
export {
  configDrive,
  type Generated,
  type GeneratedMachine,
  type GenerateOptions,
  generate,
} from './generate.js';
export * from './inventory/index.js';
export { operatingSystem, operatingSystems } from './os/registry.js';
export type { OperatingSystem } from './os/types.js';
export {
  type Issued,
  issueCertificates,
  type ListedCertificate,
  listCertificates,
  plannedChanges,
} from './pki/index.js';
export type { CertificateChange, ChangeReason, PkiChanges } from './pki/types.js';
export { type PreviousGeneration, payloadIntact, planCluster } from './plan/index.js';
export type { ClusterPlan, MachineConfig, Node, SealedConfig } from './plan/types.js';
export { componentVersions, defaultKubernetesVersion, supportedKubernetesVersions } from './releases/catalogue.js';
export { type Lock, parseLock, serialiseLock } from './releases/lock.js';
export { loadSecrets, type MintOptions, mintSecrets, type Secrets, saveSecrets } from './secrets/index.js';
export type { Instant } from './support/clock.js';
export type { FileEntry, FileTree } from './support/files.js';
export { InputError, type Problem, type SourceSpan, WorkError } from './support/problem.js';
export { formatProblem } from './support/report.js';
