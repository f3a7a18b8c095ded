export { type Filled, type FillOptions, fillBundle } from './fill.js';
export { damagedFiles, findBundle, missingParts, readBundle } from './verify.js';
export { type MachineNeeds, type WantedBundle, wantedBundle } from './wanted.js';
