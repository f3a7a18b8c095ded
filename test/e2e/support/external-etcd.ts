import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LabCluster, must } from './lab-cluster.js';
import { clientPrograms } from './programs.js';
import { until } from './until.js';

const CLIENT_PORT = 2379;

/**
 * An etcd of the user's own, with certificates of its own, on the lab's host beside the machines. It ends with the lab
 * at the latest.
 */
export class ExternalEtcd {
  readonly endpoint: string;
  readonly #cluster: LabCluster;
  readonly #address: string;

  /** @param address free in the network of the machines. */
  constructor(cluster: LabCluster, address: string) {
    this.#cluster = cluster;
    this.#address = address;
    this.endpoint = `https://${address}:${CLIENT_PORT}`;
    this.#issueCertificates();
  }

  /** The lines of cluster.yaml; the files lie beside it. */
  get inventory(): string {
    const files = 'caFile: etcd-ca.pem, certFile: etcd-client.pem, keyFile: etcd-client-key.pem';
    return `etcd: {external: {endpoints: ["${this.endpoint}"], ${files}}}`;
  }

  /** Starts it in the lab, which has to be up, with the data it has. */
  async start(): Promise<void> {
    const address = `${this.#address}/24`;
    if (!must(this.#cluster.fromLan('ip', '-oneline', 'address', 'show', 'eth0')).includes(` ${address} `)) {
      must(this.#cluster.fromLan('ip', 'address', 'add', address, 'dev', 'eth0'));
    }
    const inLan = [resolve('bin/ironkeel.js'), '-C', this.#cluster.folder, 'lab', 'exec', 'lan', '--'];
    const recorded = ['bash', '-c', 'echo $$ >"$0"; exec "$@"', this.#record, server(), ...this.#flags()];
    spawn(process.execPath, [...inLan, ...recorded], { env: this.#cluster.environment(), stdio: 'ignore' });
    await until(30, 'the external etcd', () => (this.#isHealthy() ? true : undefined));
  }

  /** Ends the process, not the data. */
  async stop(): Promise<void> {
    const pid = Number(readFileSync(this.#record, 'utf8'));
    process.kill(pid, 'SIGTERM');
    await until(20, 'the end of etcd', () => (existsSync(`/proc/${pid}`) ? undefined : true));
  }

  /** What it holds under a key, as it is. */
  get(key: string): string {
    return must(this.#etcdctl('get', '--print-value-only', key));
  }

  #isHealthy(): boolean {
    return this.#etcdctl('endpoint', 'health').status === 0;
  }

  #etcdctl(...args: readonly string[]) {
    const pem = (name: string) => join(this.#cluster.folder, `etcd-${name}.pem`);
    const trust = [`--cacert=${pem('ca')}`, `--cert=${pem('client')}`, `--key=${pem('client-key')}`];
    const times = ['--dial-timeout=2s', '--command-timeout=3s'];
    return this.#cluster.fromLan(clientPrograms().etcdctl, `--endpoints=${this.endpoint}`, ...trust, ...times, ...args);
  }

  get #record(): string {
    return join(this.#cluster.home, 'etcd.pid');
  }

  #flags(): readonly string[] {
    const pem = (name: string) => join(this.#own, `${name}.pem`);
    return [
      `--data-dir=${join(this.#own, 'data')}`,
      `--listen-client-urls=${this.endpoint}`,
      `--advertise-client-urls=${this.endpoint}`,
      `--cert-file=${pem('server')}`,
      `--key-file=${pem('server-key')}`,
      `--trusted-ca-file=${pem('ca')}`,
      '--client-cert-auth=true',
      `--log-outputs=${join(this.#own, 'log')}`,
    ];
  }

  get #own(): string {
    return join(this.#cluster.home, 'etcd');
  }

  #issueCertificates(): void {
    mkdirSync(this.#own, { mode: 0o700 });
    const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: this.#own, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...key, '-days', '30', '-subj', '/CN=own etcd', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
    // etcd's own gateway shows the server's certificate as a client's.
    for (const [name, usage] of [
      ['server', `serverAuth,clientAuth\nsubjectAltName=IP:${this.#address}`],
      ['client', 'clientAuth'],
    ] as const) {
      writeFileSync(join(this.#own, `${name}.ext`), `extendedKeyUsage=${usage}\n`);
      openssl('req', '-new', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}-key.pem`, '-out', `${name}.csr`);
      const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial', '-days', '30'];
      openssl('x509', '-req', '-in', `${name}.csr`, ...issuer, '-extfile', `${name}.ext`, '-out', `${name}.pem`);
    }
    for (const name of ['ca', 'client', 'client-key']) {
      const content = readFileSync(join(this.#own, `${name}.pem`));
      writeFileSync(join(this.#cluster.folder, `etcd-${name}.pem`), content, { mode: 0o600 });
    }
  }
}

/** The program, built like the machines' own. */
function server(): string {
  return execFileSync('bash', ['lab/components/build.sh', 'etcd', 'server'], { encoding: 'utf8' }).trim();
}
