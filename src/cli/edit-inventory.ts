import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeFileAtomically } from '../delivery/index.js';
import { type FileReading, parseInventory, readInventoryText } from '../inventory/index.js';
import { InputError, type Problem } from '../support/problem.js';
import { type CliContext, clusterPaths, displayPath } from './context.js';
import type { GlobalFlags } from './globals.js';
import { catalogue } from './inventory.js';

/**
 * Changes the inventory's text and writes it back in one step, its mode kept, a link to it followed. Problems that
 * the file did not have before are said as warnings, or refuse the change where `strict`.
 *
 * @throws InputError with the new problems; the file is untouched then.
 */
export function editInventory(
  context: CliContext,
  flags: GlobalFlags,
  strict: boolean,
  edit: (text: string, file: string) => string,
): void {
  const { folder, inventory } = clusterPaths(context, flags);
  const file = displayPath(context, inventory);
  const { text } = readInventoryText(file);
  const edited = edit(text, file);
  const options = { ...catalogue(context, folder), readFile: fileReader(dirname(inventory)) };
  const before = new Set(parseInventory(text, file, options).problems.map(identity));
  const added = parseInventory(edited, file, options).problems.filter((problem) => !before.has(identity(problem)));
  if (strict && added.some(({ severity }) => severity === 'error')) throw new InputError(added);
  for (const problem of added) context.out.problem({ ...problem, severity: 'warning' });
  const target = realpathSync(inventory);
  writeFileAtomically(target, Buffer.from(edited), statSync(target).mode & 0o777, { durable: true });
}

/** Lines move with an edit, so a problem is known by its kind and value. */
function identity({ code, value }: Problem): string {
  return JSON.stringify([code, value]);
}

function fileReader(folder: string): (path: string) => FileReading {
  return (path) => {
    try {
      return { content: readFileSync(resolve(folder, path)) };
    } catch (cause) {
      return { error: (cause as NodeJS.ErrnoException).code ?? 'it cannot be read' };
    }
  };
}
