import { resolve } from 'node:path';
import { fatImage } from '../../artifacts/fat.js';
import { isoImage } from '../../artifacts/iso.js';
import {
  asNoCloud,
  type ImageSource,
  imageSource,
  readImageFolder,
  writeFileAtomically,
} from '../../delivery/index.js';
import { encodeYaml } from '../../formats/yaml.js';
import { operatingSystems } from '../../os/registry.js';
import type { FileTree } from '../../support/files.js';
import { inputError } from '../../support/problem.js';
import type { ImageFlags } from '../commands/image.js';
import { type CliContext, clusterPaths, displayPath } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { count } from '../table.js';

/** Labels by which a machine finds its drive. */
const CONFIG_DRIVE = 'config-2';
const NOCLOUD = 'cidata';

/** Makes the image of a drive from a folder. */
export default async function image(
  context: CliContext,
  flags: ImageFlags & GlobalFlags,
  folder: string,
): Promise<void> {
  const source = imageSource(resolve(clusterPaths(context, flags).folder, folder));
  const tree = readImageFolder(source.root);
  if (flags.format === 'fat') await refuseFat(context, flags, source, tree);
  const out = flags.out === undefined ? defaultFile(source, flags) : resolve(context.cwd, flags.out);
  const bytes = makeImage(flags, tree);
  writeFileAtomically(out, bytes, 0o600);
  const file = displayPath(context, out);
  context.out.line(
    `${file}: ${count(tree.length, 'file')}, ${Math.ceil(bytes.length / 1024)} KiB, label ${labelOf(flags)}`,
  );
  context.out.result({
    image: out,
    format: flags.format,
    label: labelOf(flags),
    files: tree.length,
    bytes: bytes.length,
  });
}

function makeImage({ format }: ImageFlags, tree: FileTree): Uint8Array {
  if (format === 'fat') return fatImage(tree, { label: CONFIG_DRIVE });
  if (format === 'cidata') return isoImage(asNoCloud(tree, encodeYaml), { volumeId: NOCLOUD });
  return isoImage(tree, { volumeId: CONFIG_DRIVE });
}

function labelOf({ format }: ImageFlags): string {
  return format === 'cidata' ? NOCLOUD : CONFIG_DRIVE;
}

function defaultFile({ image }: ImageSource, { format }: ImageFlags): string {
  return { iso: `${image}.iso`, fat: `${image}.img`, cidata: `${image}-cidata.iso` }[format];
}

/**
 * FAT has no modes: where the operating system mounts it for everybody to read, keys would be open to all.
 *
 * @throws InputError with the operating system's own reason.
 */
async function refuseFat(context: CliContext, flags: GlobalFlags, source: ImageSource, tree: FileTree): Promise<void> {
  const name = (await inventoryOs(context, flags, source)) ?? osByContent(tree);
  const system = operatingSystems.find((each) => each.name === name);
  if (system?.fatRefusal === undefined) return;
  throw inputError(
    'fat-refused',
    `a FAT drive is refused for ${system.title}: ${system.fatRefusal}`,
    'Make an ISO instead (`--format iso`); it can be written to a stick as it is',
  );
}

/** What the inventory says of the machine; undefined when it cannot be asked. */
async function inventoryOs(
  context: CliContext,
  flags: GlobalFlags,
  { machine }: ImageSource,
): Promise<string | undefined> {
  if (machine === undefined) return undefined;
  const [{ loadInventory }, { catalogue }] = await Promise.all([
    import('../../inventory/index.js'),
    import('../inventory.js'),
  ]);
  try {
    const { folder, inventory } = clusterPaths(context, flags);
    const { cluster } = await loadInventory(inventory, catalogue(context, folder));
    return cluster.machines.find(({ name }) => name === machine)?.os;
  } catch {
    return undefined;
  }
}

/** A `coreos:` key, or coreos-cloudinit's own comment, is in Flatcar's documents alone. */
function osByContent(tree: FileTree): string | undefined {
  const userData = tree.find(({ path }) => path.endsWith('user_data'));
  const text = userData === undefined ? '' : Buffer.from(userData.content).toString('utf8');
  return /^coreos:/m.test(text) ? 'flatcar' : undefined;
}
