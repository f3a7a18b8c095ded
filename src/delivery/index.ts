export { makeFolder, writeFileAtomically } from './atomic-file.js';
export { asNoCloud, type ImageSource, imageSource, readImageFolder } from './image-folder.js';
export { type MergeReport, mergeKubeconfigFile } from './kubeconfig-file.js';
export { type Merged, type MergeOptions, mergeKubeconfig } from './kubeconfig-merge.js';
export { type NodeFolderPlan, nodeFolder, planNodeFolder } from './node-folder.js';
export { below, type Outcome, OutputFolder, staleFolders } from './output-folder.js';
export { loadIndex, type OutputIndex, type RecordedInputs, saveIndex } from './output-index.js';
export { refuseReadableSecrets, trackedSecrets } from './secret-guard.js';
export { fileHash, nothingChanged } from './unchanged.js';
