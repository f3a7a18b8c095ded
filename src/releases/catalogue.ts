/**
 * The catalogue of releases: component → version → URL and SHA-256 for each architecture. The figures are in
 * `data/releases.json`, which `tools/refresh-releases.mjs` keeps in step with the publishers' checksum files.
 */
export {
  componentVersions,
  type InstallPins,
  installArtefacts,
  machineDownloads,
} from './components.js';
export { isSupportedRelease, minorOf, SUPPORTED_MINORS } from './minors.js';
export type { ArtefactFormat, ResolvedArtefact } from './pinned-downloads.js';
export {
  defaultKubernetesVersion,
  downloadOf,
  knownChecksum,
  knownVersions,
  resolveArtefact,
  supportedKubernetesVersions,
} from './pinned-downloads.js';
export { pinDownload, pinnedChecksum, pinnedKubernetesVersions } from './pins.js';
export type { ArtefactTarget, Component, ComponentVersions, InstallArtefact, ProgramDownload } from './types.js';
export { COMPONENTS } from './types.js';
