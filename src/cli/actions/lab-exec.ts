import { execute } from '../../lab/index.js';
import type { CliContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import type { GlobalFlags } from '../globals.js';
import { runningLab } from './lab.js';

/** Runs a command in the lab; its exit code is the command's, whichever that is. */
export default function labExec(
  context: CliContext,
  flags: GlobalFlags,
  target: string,
  ...command: string[]
): ExitCode {
  return execute(runningLab(context, flags), target, command) as ExitCode;
}
