import { proposeCompletions } from '@stricli/core';
import { createApp } from './app.js';
import type { CliContext } from './context.js';

/** The words that may stand in place of the last of `words`, which is the one being typed (it may be empty). */
export async function proposeWords(context: CliContext, words: readonly string[]): Promise<readonly string[]> {
  const inputs = words.length === 0 ? [''] : words;
  const dynamic = { process: context.process, forCommand: () => context };
  const found = await proposeCompletions(createApp(), inputs, dynamic);
  return found.map(({ completion }) => completion);
}
