import { proposeCompletions } from '@stricli/core';
import { createApp } from './app.js';
import type { CliContext } from './context.js';
import { readArguments } from './globals.js';

/**
 * The words that may stand in place of the last of `words`, which is the one being typed (it may be empty). Global
 * flags before it are heeded and left out, as they may stand anywhere.
 */
export async function proposeWords(context: CliContext, words: readonly string[]): Promise<readonly string[]> {
  const { own, directory, inventory } = readArguments(words.slice(0, -1));
  const inputs = [...own, words.at(-1) ?? ''];
  const located: CliContext = { ...context, completing: { directory, inventory } };
  const found = await proposeCompletions(createApp(), inputs, { process: context.process, forCommand: () => located });
  return found.map(({ completion }) => completion);
}
