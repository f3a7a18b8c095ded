export {
  type ApiObject,
  type ApiResource,
  type ClusterGate,
  clusterGate,
  type GateOptions,
  pathOf,
} from './api/gate.js';
export { type ApiAnswer, type ApiCall, type ApiCredentials, type ApiSend, apiSender } from './api/sender.js';
export { makeFolder, writeFileAtomically } from './atomic-file.js';
export {
  type ApiPlace,
  clearNamespace,
  deployEcho,
  ECHO_NAMESPACE,
  type EchoOptions,
  echoObjects,
  removeEcho,
} from './edge-test/index.js';
export { asNoCloud, type ImageSource, imageSource, readImageFolder } from './image-folder.js';
export { type MergeReport, mergeKubeconfigFile } from './kubeconfig-file.js';
export { type Merged, type MergeOptions, mergeKubeconfig } from './kubeconfig-merge.js';
export { LOCK_FILE, loadLock, recordBringUp, saveLock } from './lock-file.js';
export { type NodeFolderPlan, planNodeFolder } from './node-folder.js';
export { nodeFolder, staleFolders } from './node-folders.js';
export { below, type Outcome, OutputFolder } from './output-folder.js';
export { loadIndex, type OutputIndex, type RecordedInputs, saveIndex } from './output-index.js';
export { refuseReadableSecrets, trackedSecrets } from './secret-guard.js';
export { fileHash } from './unchanged.js';
