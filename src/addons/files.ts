import { encodeYaml, type YamlValue } from '../formats/yaml.js';
import type { ClusterPlan, HostFile } from '../plan/index.js';
import { rootFile } from '../plan/index.js';
import type { ComponentImages } from '../releases/images.js';
import { nodeTable } from './nodes.js';
import { addons } from './registry.js';
import type { Addon, KubernetesObject } from './types.js';

/** Where `ironkeel-apply` looks; the folder beside it, `addons.d`, is the user's. */
const FOLDER = '/etc/kubernetes/addons';

/** Marks what may be removed once it is no longer rendered. */
const MANAGED = { 'ironkeel.dev/managed': 'true' };

/**
 * What a controller applies: one file of several documents an addon, numbered in the order they are applied, and
 * `nodes`, the labels and taints of every node. The same for every controller.
 *
 * @throws Error when two addons render the same object.
 */
export function addonFiles(plan: ClusterPlan, images: ComponentImages): HostFile[] {
  const known = new Set<string>();
  const files = addons.flatMap((addon, index) => {
    if (!addon.enabled(plan)) return [];
    const documents = addon.objects({ plan, images }).map((object) => addonDocument(addon, object, known));
    return [rootFile(`${FOLDER}/${10 + index}-${addon.name}.yaml`, documents.join('---\n'))];
  });
  return [...files, rootFile(`${FOLDER}/nodes`, nodeTable(plan))];
}

function addonDocument({ name }: Addon, object: KubernetesObject, known: Set<string>): string {
  const id = objectId(object);
  if (known.has(id)) throw new Error(`the addon ${name} renders ${id} a second time`);
  known.add(id);
  const { apiVersion, kind, metadata, ...rest } = object;
  const labelled = { ...metadata, labels: { ...metadata.labels, ...MANAGED } };
  // The comment tells the program on the machine what the document is, without a YAML parser.
  const document = { apiVersion, kind, metadata: labelled, ...rest } as YamlValue;
  return `# object ${id}\n${kind === 'CustomResourceDefinition' ? encodeJson(document) : encodeYaml(document)}`;
}

/** Schemas are deep, and nobody reads them here: on one line they take a third of the drive's space. JSON is YAML. */
function encodeJson(document: YamlValue): string {
  return `${JSON.stringify(document)}\n`;
}

/** `KIND.VERSION.GROUP NAMESPACE NAME` as kubectl takes them, the group empty for the core, `-` without a namespace. */
function objectId({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${kind}.${version}.${group} ${metadata.namespace ?? '-'} ${metadata.name}`;
}
