/**
 * The catalogue of releases: component → version → URL and SHA-256 for each architecture. The figures are in
 * `data/releases.json`, which `tools/refresh-releases.mjs` keeps in step with the publishers' checksum files.
 */
export { componentVersions, type InstallPins, installArtefacts } from './components.js';
export type { ArtefactFormat, ResolvedArtefact } from './pinned-downloads.js';
export {
  defaultKubernetesVersion,
  knownVersions,
  resolveArtefact,
  supportedKubernetesVersions,
} from './pinned-downloads.js';
export type { ArtefactTarget, Component, ComponentVersions, InstallArtefact } from './types.js';
export { COMPONENTS } from './types.js';
