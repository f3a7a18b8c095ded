import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';

export const schema = command<Record<never, never>, []>({
  brief: SUMMARIES.schema,
  usage: '',
  examples: [['ironkeel schema > cluster.schema.json', 'for an editor']],
  flags: {},
  load: () => import('../actions/schema.js'),
});
