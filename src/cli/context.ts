import { join, resolve } from 'node:path';
import type { CommandContext } from '@stricli/core';
import type { Instant } from '../support/clock.js';
import type { ExitCode } from './exit-codes.js';
import type { GlobalFlags } from './globals.js';
import type { Interrupts } from './interrupts.js';
import type { Output } from './output.js';

export type Environment = Readonly<Partial<Record<string, string>>>;

/** All a command knows of the world around the process; made once, in `main.ts`. */
export interface CliContext extends CommandContext {
  readonly env: Environment;
  readonly cwd: string;
  readonly home: string;
  readonly version: string;
  readonly out: Output;
  /** Whether somebody can be asked: standard input and output are terminals. */
  readonly interactive: boolean;
  /** What a signal waits for before it ends the process. */
  readonly interrupts: Interrupts;
  now(): Instant;
  /** The global flags of a command line that is being completed. */
  readonly completing?: Pick<GlobalFlags, 'directory' | 'inventory'>;
  /** Set by the command that ran; the process ends with it. */
  exitCode?: ExitCode;
}

/** Where the cluster's folder and its inventory are. */
export interface ClusterPaths {
  readonly folder: string;
  readonly inventory: string;
}

/** The cluster's folder (`-C`, else the current one) and its inventory (`-f`, else `cluster.yaml` in it), absolute. */
export function clusterPaths(context: CliContext, flags: Pick<GlobalFlags, 'directory' | 'inventory'>): ClusterPaths {
  const folder = resolve(context.cwd, flags.directory ?? '.');
  return { folder, inventory: resolve(folder, flags.inventory ?? 'cluster.yaml') };
}

/** A path as the user would type it: relative to where they are, when it is below. */
export function displayPath(context: CliContext, path: string): string {
  const below = `${join(context.cwd, '/')}`;
  return path.startsWith(below) ? path.slice(below.length) : path;
}
