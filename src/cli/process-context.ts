import { homedir } from 'node:os';
import type { CliContext } from './context.js';
import type { Arguments } from './globals.js';
import type { Interrupts } from './interrupts.js';
import { Output } from './output.js';

/** The context of a real process: the only place that reads the environment and the clock. */
export function createContext(
  process: NodeJS.Process,
  args: Arguments,
  version: string,
  interrupts: Interrupts,
): CliContext {
  const { stdin, stdout, stderr, env } = process;
  const color = stderr.isTTY === true && !args.noColor && !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    process: { stdout, stderr },
    env,
    cwd: process.cwd(),
    home: env.HOME ?? homedir(),
    version,
    out: new Output({ stdout, stderr, json: args.json, color }),
    interactive: stdin.isTTY === true && stdout.isTTY === true && !args.json,
    interrupts,
    now: () => Date.now(),
  };
}
