import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real sshd on loopback, with host keys and users' keys of its own. */
export class SshServer {
  readonly #plain = mkdtempSync(join(tmpdir(), 'ironkeel-sshd-'));
  readonly #folder = mkdtempSync(join(tmpdir(), 'ironkeel ssh 100%-'));
  readonly identity = this.#makeKey('id');
  /** Not accepted. */
  readonly otherIdentity = this.#makeKey('other');
  /** Accepted, and then nothing happens. */
  readonly slowIdentity = this.#makeKey('slow');
  readonly otherHostKey = this.#makeKey('other-host');
  readonly #hostKey = this.#makeKey('host');
  #process: ChildProcess | undefined;

  private constructor(readonly port: number) {}

  static async start(): Promise<SshServer> {
    const server = new SshServer(await freePort());
    await server.#start();
    return server;
  }

  /** A known_hosts file with one name; its host key is the server's own unless told. */
  knownHosts(name: string, key = this.#hostKey): string {
    const path = join(this.#folder, `known_hosts ${name} ${key === this.#hostKey}`);
    writeFileSync(path, `${name} ${readFileSync(`${key}.pub`, 'utf8')}`);
    return path;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill();
    await ended;
    for (const folder of [this.#folder, this.#plain]) rmSync(folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    // sshd reads its configuration as words; its own files lie where no name has spaces.
    const plain = this.#plain;
    const keys = join(plain, 'authorized_keys');
    const slow = `command="sleep 5" ${readFileSync(`${this.slowIdentity}.pub`, 'utf8')}`;
    writeFileSync(keys, readFileSync(`${this.identity}.pub`, 'utf8') + slow, { mode: 0o600 });
    const hostKey = join(plain, 'host');
    writeFileSync(hostKey, readFileSync(this.#hostKey), { mode: 0o600 });
    const config = join(plain, 'sshd_config');
    writeFileSync(
      config,
      [
        ...[`HostKey ${hostKey}`, `AuthorizedKeysFile ${keys}`, 'ListenAddress 127.0.0.1', `Port ${this.port}`],
        ...['PermitRootLogin prohibit-password', 'PasswordAuthentication no', 'KbdInteractiveAuthentication no'],
        ...['StrictModes no', 'UsePAM no', 'PidFile none', ''],
      ].join('\n'),
    );
    mkdirSync('/run/sshd', { recursive: true }); // where it drops its privileges to
    const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr?.on('data', (text) => {
      said += text;
    });
    for (let tries = 0; tries < 100; tries++) {
      if (child.exitCode !== null) break;
      if (await answers(this.port)) return;
      await sleep(100);
    }
    child.kill();
    throw new Error(`sshd does not listen: ${said}`);
  }

  #makeKey(name: string): string {
    const path = join(this.#folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
    return path;
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
