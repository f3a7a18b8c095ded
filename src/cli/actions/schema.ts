import { inventoryJsonSchema } from '../../inventory/index.js';
import type { CliContext } from '../context.js';
import { catalogue } from '../inventory.js';

/** Prints the JSON Schema of cluster.yaml, in either output mode. */
export default function schema(context: CliContext): void {
  context.out.raw(schemaText(context));
}

/** The JSON Schema as it is written beside cluster.yaml. */
export function schemaText(context: Pick<CliContext, 'version'>): string {
  return `${JSON.stringify(inventoryJsonSchema(catalogue(context)), undefined, 2)}\n`;
}
