import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Somebody with Node and git who has just heard of Ironkeel: an empty home, a fresh clone, a folder to work in. */
export class NewUser {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'ironkeel-journey-')));
  readonly clone = join(this.home, 'ironkeel');
  readonly folder = join(this.home, 'cluster');
  readonly #environment: Record<string, string>;

  constructor() {
    mkdirSync(this.folder);
    this.#environment = {
      PATH: `${join(this.home, 'prefix', 'bin')}:${process.env.PATH}`,
      HOME: this.home,
      LC_ALL: 'C.UTF-8',
      // The registry's cache only; everything else of npm's is the new user's.
      npm_config_cache: process.env.npm_config_cache ?? join(process.env.HOME ?? '/root', '.npm'),
      npm_config_prefix: join(this.home, 'prefix'),
    };
  }

  /** Runs a program, in the cluster's folder unless told. */
  run(command: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}): Outcome {
    const env = { ...this.#environment, ...options.env };
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: options.cwd ?? this.folder,
      env,
      encoding: 'utf8',
      timeout: 240_000,
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (error) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a program that has to succeed; its standard output. */
  must(command: string, ...args: readonly string[]): string {
    return expectDone(this.run(command, args), command, args);
  }

  mustIn(cwd: string, command: string, ...args: readonly string[]): string {
    return expectDone(this.run(command, args, { cwd }), command, args);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Path → mode and digest of every file in the cluster's folder, but for the index, which remembers the disk's own times. */
  snapshot(): Readonly<Record<string, string>> {
    const entries = readdirSync(this.folder, { withFileTypes: true, recursive: true }).filter((entry) =>
      entry.isFile(),
    );
    const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
    const paths = files.map((file) => relative(this.folder, file)).filter((path) => !path.startsWith('.ironkeel/'));
    return Object.fromEntries(paths.map((path) => [path, fingerprint(join(this.folder, path))]));
  }

  leave(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

function fingerprint(file: string): string {
  const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
  return `${(statSync(file).mode & 0o777).toString(8)} ${digest}`;
}

function expectDone({ status, stdout, stderr }: Outcome, command: string, args: readonly string[]): string {
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}
