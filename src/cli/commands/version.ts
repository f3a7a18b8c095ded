import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';

export const version = command<Record<never, never>, []>({
  brief: SUMMARIES.version,
  usage: '',
  examples: [['ironkeel version --output json', 'for scripts']],
  flags: {},
  load: () => import('../actions/version.js'),
});
