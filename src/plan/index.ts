export { hasIngress, isController, planCluster, sharesAddress } from './cluster-plan.js';
export { hostDirectory, type MachineParts, planMachine, rootFile } from './machine-config.js';
export { payloadIntact } from './payload-check.js';
export { type PreviousGeneration, sealConfig } from './seal.js';
export { servedAddresses } from './served-addresses.js';
export type * from './types.js';
export { adoptUnit, installUnit, maskedUnit } from './units.js';
