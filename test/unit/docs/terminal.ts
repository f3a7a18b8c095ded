import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface Result {
  readonly status: number | null;
  /** Standard output and standard error, as a terminal mixes them. */
  readonly lines: readonly string[];
}

/** A new user's shell: an empty home, `ironkeel` on the PATH, a working folder that lasts from command to command. */
export class Terminal {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'ironkeel-docs-')));
  private folder = join(this.home, 'work');

  constructor() {
    mkdirSync(this.folder);
    mkdirSync(join(this.home, 'bin'));
    symlinkSync(resolve('bin/ironkeel.js'), join(this.home, 'bin', 'ironkeel'));
  }

  /** Writes a file the page tells the reader to write, relative to the current folder. */
  write(path: string, text: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs one command line with bash; a `cd` holds for the next one. */
  run(command: string): Result {
    const env = {
      PATH: `${join(this.home, 'bin')}:${process.env.PATH}`,
      HOME: this.home,
      NO_COLOR: '1',
      LC_ALL: 'C.UTF-8',
    };
    const script = `exec 2>&1; trap 'pwd >"$HOME/.folder"' EXIT; ${command}`;
    const options = {
      cwd: this.folder,
      env,
      encoding: 'utf8',
      timeout: 60_000,
    } as const;
    const { status, stdout } = spawnSync('bash', ['-c', script], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.folder = spawnSync('cat', [join(this.home, '.folder')], { encoding: 'utf8' }).stdout.trim() || this.folder;
    return { status, lines: stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n') };
  }

  close(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
