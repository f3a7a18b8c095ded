import { z } from 'zod';
import type { InventoryCatalogue } from './context.js';
import { clusterSchema } from './schema.js';
import { CATALOGUE } from './schema-fields.js';

type JsonSchema = Record<string, unknown>;

/**
 * The JSON Schema (draft-07, which editors take) of cluster.yaml: every field with its description, default
 * and, where the catalogue knows them, its values.
 */
export function inventoryJsonSchema(catalogue: InventoryCatalogue): Record<string, unknown> {
  return z.toJSONSchema(clusterSchema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema, path }) => fillIn(jsonSchema as JsonSchema, path, catalogue),
  }) as Record<string, unknown>;
}

function fillIn(schema: JsonSchema, path: readonly (string | number)[], catalogue: InventoryCatalogue): void {
  const list = schema[CATALOGUE];
  delete schema[CATALOGUE];
  const systems = catalogue.systems.map(({ name }) => name);
  if (list === 'os') schema.enum = systems;
  if (list === 'channel') schema.examples = [...new Set(catalogue.systems.flatMap(({ channels }) => channels))];
  if (list === 'version') Object.assign(schema, versionSchema(catalogue));
  // The name alone instead of {name, channel}.
  if (path.at(-2) === 'anyOf' && path.at(-1) === 0 && path.at(-3) === 'os') schema.enum = systems;
}

/** The versions that are known, and the form of those that a lock may pin; which it pins is beyond a schema. */
function versionSchema({ kubernetesVersions, kubernetesMinors = [], defaultKubernetesVersion }: InventoryCatalogue) {
  const known = { enum: kubernetesVersions };
  const minors = kubernetesMinors.map((minor) => minor.replace('.', '\\.')).join('|');
  const title = `another release of ${kubernetesMinors.join(', ')} that is pinned`;
  const others = { title, type: 'string', pattern: `^(${minors})\\.(0|[1-9][0-9]*)$` };
  const choice = kubernetesMinors.length === 0 ? known : { anyOf: [known, others] };
  return { ...choice, default: defaultKubernetesVersion };
}
