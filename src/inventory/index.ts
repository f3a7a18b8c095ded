export { type KnownOptions, type OptionType, readComponentOptions } from './component-options.js';
export type { FileReading, InventoryCatalogue, InventoryContext, SystemChoice } from './context.js';
export { addMachine, removeMachine } from './edit.js';
export {
  exampleInventory,
  type NewInventory,
  type NewMachine,
  newInventory,
  SCHEMA_COMMENT,
  SCHEMA_FILE,
} from './example.js';
export { inventoryJsonSchema } from './json-schema.js';
export { type LoadedInventory, loadInventory, readInventoryText } from './load.js';
export { type ParsedInventory, parseInventory } from './parse.js';
export { API_VERSION } from './schema.js';
export * from './types.js';
