import { command } from '../command.js';
import { SUMMARIES } from '../summaries.js';

export const validate = command<Record<never, never>, []>({
  brief: SUMMARIES.validate,
  usage: '[-f FILE] [--output json]',
  examples: [
    ['ironkeel validate', 'check cluster.yaml in this folder'],
    ['ironkeel validate --output json', 'every problem with line and column, for an editor or CI'],
  ],
  flags: {},
  load: () => import('../actions/validate.js'),
});
