import {
  type BaseArgs,
  type BaseFlags,
  buildCommand,
  type Command,
  type FlagParametersForType,
  type TypedPositionalParameters,
} from '@stricli/core';
import type { CliContext } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { GlobalFlags } from './globals.js';

/** What a command does. The exit code is 0 unless it returns another one. */
export type Action<FLAGS extends BaseFlags, ARGS extends BaseArgs> = (
  context: CliContext,
  flags: FLAGS & GlobalFlags,
  ...args: ARGS
  // biome-ignore lint/suspicious/noConfusingVoidType: an action without a result of its own just ends
) => ExitCode | void | Promise<ExitCode | void>;

export interface Declaration<FLAGS extends BaseFlags, ARGS extends BaseArgs> {
  readonly brief: string;
  /** What the command does and does not do, in whole sentences. */
  readonly description?: string;
  /** Command lines to copy, each with what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  /** Arguments and flags after the command's name, as in `[MACHINE…] [--check]`. */
  readonly usage: string;
  readonly flags: FlagParametersForType<FLAGS, CliContext>;
  readonly positional?: TypedPositionalParameters<ARGS, CliContext>;
  /** Loads the action; nothing it needs is imported before. */
  readonly load: () => Promise<{ readonly default: Action<FLAGS, ARGS> }>;
}

const GLOBAL_FLAGS: FlagParametersForType<GlobalFlags, CliContext> = {
  inventory: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'FILE',
    brief: 'The inventory, cluster.yaml unless told',
  },
  directory: { kind: 'parsed', parse: String, optional: true, placeholder: 'DIR', brief: 'Work in this folder' },
  output: { kind: 'enum', values: ['text', 'json'], default: 'text', brief: 'How to print results and problems' },
  noColor: { kind: 'boolean', default: false, withNegated: false, brief: 'No colours (NO_COLOR does the same)' },
};

/** A command from its declaration: adds the global flags, the examples, and what happens to errors. */
export function command<FLAGS extends BaseFlags, ARGS extends BaseArgs>(
  declaration: Declaration<FLAGS, ARGS>,
): Command<CliContext> {
  const { brief, usage, positional } = declaration;
  const parameters = {
    flags: { ...declaration.flags, ...GLOBAL_FLAGS },
    aliases: { f: 'inventory', C: 'directory' },
    ...(positional === undefined ? {} : { positional }),
  };
  return buildCommand<BaseFlags, unknown[], CliContext>({
    docs: { brief, fullDescription: describe(declaration), customUsage: [usage] },
    // The declaration's own types are checked where it is written; stricli's builder cannot see that a
    // generic set of flags stays disjoint from the global ones.
    parameters: parameters as never,
    loader: async () => {
      const action = (await declaration.load()).default as unknown as Action<BaseFlags, unknown[]>;
      return async function (this: CliContext, flags: BaseFlags, ...args: unknown[]) {
        try {
          this.exitCode = (await action(this, flags as BaseFlags & GlobalFlags, ...args)) ?? EXIT.done;
        } catch (error) {
          const { reportFailure } = await import('./failure.js');
          this.exitCode = reportFailure(this, error);
        }
      };
    },
  });
}

function describe<FLAGS extends BaseFlags, ARGS extends BaseArgs>(declaration: Declaration<FLAGS, ARGS>): string {
  const width = Math.max(...declaration.examples.map(([line]) => line.length)) + 2;
  const examples = declaration.examples.map(([line, purpose]) => `  ${line.padEnd(width)}${purpose}`.trimEnd());
  return [declaration.description ?? declaration.brief, '', 'EXAMPLES', ...examples].join('\n');
}
