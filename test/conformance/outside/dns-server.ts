import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { dnsLookup } from '../../../src/diagnose/index.js';
import { freePort } from '../status/ssh-server.js';

/** A dnsmasq on the loopback address that answers from its arguments alone, and for nothing else. */
export class DnsServer {
  private constructor(
    readonly address: string,
    private readonly process: ChildProcess,
  ) {}

  /** @param records as dnsmasq's options, such as `--host-record=example.com,192.0.2.1`. */
  static async start(records: readonly string[]): Promise<DnsServer> {
    const port = await freePort();
    const options = ['--keep-in-foreground', '--conf-file=/dev/null', '--no-hosts', '--no-resolv', '--bind-interfaces'];
    const where = ['--listen-address=127.0.0.1', `--port=${port}`, '--local=/com/', '--local=/org/', '--user=root'];
    const ready = ['--host-record=ready.test,192.0.2.99', '--pid-file='];
    const child = spawn('dnsmasq', [...options, ...where, ...ready, ...records], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const server = new DnsServer(`127.0.0.1:${port}`, child);
    for (let tries = 0; tries < 100; tries++) {
      if (child.exitCode !== null) throw new Error(`dnsmasq ended with ${child.exitCode}`);
      const { a } = await dnsLookup(server.address)('ready.test');
      if (a.includes('192.0.2.99')) return server;
      await sleep(50);
    }
    server.stop();
    throw new Error('dnsmasq does not answer');
  }

  stop(): void {
    this.process.kill('SIGTERM');
  }
}
