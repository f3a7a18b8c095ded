import { inputError } from '../support/problem.js';
import { type CliContext, displayPath } from './context.js';

/** That a file of `ironkeel build` is not there. */
export function notBuilt(context: CliContext, path: string) {
  const message = `there is no ${displayPath(context, path)}: nothing was built here yet`;
  return inputError('not-built', message, 'Run `ironkeel build` first, or name the cluster’s folder with -C DIR');
}
