import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IRONKEEL, type LabCluster, must } from './lab-cluster.js';
import { labProgram } from './programs.js';
import { until } from './until.js';

/** Where the lab's client is: the highest address of the public segment but the router's. */
const ADDRESS = '123.234.234.253';
const PORT = 14000;
const MANAGEMENT_PORT = 15000;

/**
 * Let's Encrypt's small ACME server, on the lab's client: it asks for proof where the world does, over port 80 of the
 * address that DNS gives, and issues certificates of a short life.
 */
export class Pebble {
  readonly url = `https://${ADDRESS}:${PORT}/dir`;
  /** Name, beside the inventory, of the authority that signed the server's own certificate. */
  readonly authority = 'pebble.pem';
  readonly #cluster: LabCluster;
  readonly #lifeSeconds: number;

  /** Makes the server's own certificate; nothing runs yet. */
  constructor(cluster: LabCluster, lifeSeconds: number) {
    this.#cluster = cluster;
    this.#lifeSeconds = lifeSeconds;
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.#file('key.pem')];
    const names = ['-subj', '/CN=pebble', '-addext', `subjectAltName=IP:${ADDRESS}`];
    const out = join(cluster.folder, this.authority);
    must(cluster.run('openssl', 'req', '-x509', '-days', '2', ...key, ...names, '-out', out));
  }

  /** Starts it; `lab down` ends it. */
  async start(): Promise<void> {
    const configuration = {
      pebble: {
        listenAddress: `0.0.0.0:${PORT}`,
        managementListenAddress: `127.0.0.1:${MANAGEMENT_PORT}`,
        certificate: join(this.#cluster.folder, this.authority),
        privateKey: this.#file('key.pem'),
        httpPort: 80,
        tlsPort: 443,
        keyAlgorithm: 'ecdsa',
        profiles: { default: { description: 'a short life', validityPeriod: this.#lifeSeconds } },
      },
    };
    writeFileSync(this.#file('config.json'), JSON.stringify(configuration));
    const log = openSync(this.#file('log'), 'a');
    // Every order is to be proven anew.
    const variables = ['PEBBLE_VA_NOSLEEP=1', 'PEBBLE_AUTHZREUSE=0'];
    const program = ['env', ...variables, labProgram('pebble', 'pebble'), '-config', this.#file('config.json')];
    const command = [IRONKEEL, '-C', this.#cluster.folder, 'lab', 'exec', 'client', '--', ...program];
    const env = this.#cluster.environment();
    spawn(process.execPath, command, { env, stdio: ['ignore', log, log], detached: true }).unref();
    await until(30, 'Pebble', () => this.root());
  }

  /** The authority that its certificates lead to, in PEM. */
  root(): string {
    const url = `https://127.0.0.1:${MANAGEMENT_PORT}/roots/0`;
    return must(this.#cluster.fromClient('curl', '--silent', '--insecure', '--fail', '--max-time', '5', url));
  }

  log(): string {
    return readFileSync(this.#file('log'), 'utf8');
  }

  #file(name: string): string {
    return join(this.#cluster.home, `pebble-${name}`);
  }
}
