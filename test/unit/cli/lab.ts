import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const BIN = resolve('bin/ironkeel.js');

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly nodeArguments?: readonly string[];
}

/** A folder and a home of their own, and the real program in a real process. */
export class Lab {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'ironkeel-cli-')));
  readonly home = join(this.root, 'home');
  readonly folder = join(this.root, 'cluster');

  constructor() {
    mkdirSync(this.home);
    mkdirSync(this.folder);
  }

  /** A copy with its own folder; modes are kept, inodes are not. */
  copy(): Lab {
    const lab = new Lab();
    cpSync(this.root, lab.root, { recursive: true, preserveTimestamps: true, mode: 0 });
    return lab;
  }

  run(args: readonly string[], { env = {}, input = '', nodeArguments = [] }: RunOptions = {}): Run {
    const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArguments, BIN, ...args], {
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.home, ...env },
      encoding: 'utf8',
      input,
    });
    return { status, stdout, stderr };
  }

  /** One command line of bash, with `ironkeel` in it. */
  shell(line: string): Run {
    const script = `set -o pipefail; ironkeel() { "${process.execPath}" "${BIN}" "$@"; }; ${line}`;
    const options = {
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.home },
      encoding: 'utf8',
    } as const;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], options);
    return { status, stdout, stderr };
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  /** Every file below the folder but the cache: path → content, mode and modification time. */
  snapshot(): Map<string, { readonly content: string; readonly mode: number; readonly mtimeMs: number }> {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
    return new Map(
      paths
        .map((path) => [relative(this.folder, path), path] as const)
        .filter(([name]) => !name.startsWith('.ironkeel/'))
        .map(([name, path]) => {
          const { mode, mtimeMs } = lstatSync(path);
          return [name, { content: readFileSync(path, 'latin1'), mode: mode & 0o7777, mtimeMs }];
        }),
    );
  }

  /** {@link Lab.snapshot}, the times left out. */
  contents(): Record<string, string> {
    return Object.fromEntries(
      [...this.snapshot()].map(([path, { content, mode }]) => [path, `${mode.toString(8)} ${content}`]),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
