import type { CliContext } from '../context.js';

/** Prints the version of this package. */
export default function version(context: CliContext): void {
  context.out.line(context.version);
  context.out.result({ version: context.version });
}
