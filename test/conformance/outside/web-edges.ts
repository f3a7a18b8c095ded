import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operatorFiles } from '../../../src/pki/index.js';
import type { issuedCluster } from '../../../src/pki/testing/issued.js';
import { Lab } from '../../unit/cli/lab.js';
import { type RunResult, run } from '../support/run.js';

const BIN = resolve(process.env.IRONKEEL_BIN ?? 'bin/ironkeel.js');
export const ADDRESSES = ['203.0.113.1', '203.0.113.2'] as const;

/** Certificate and key, PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** What one edge is to do: a nginx of its own at its address. */
export interface Edge {
  readonly pair: Pair;
  readonly status?: number;
  readonly page?: string;
  /** Sends every request by HTTP on to HTTPS. */
  readonly redirects?: boolean;
  readonly withoutTls?: boolean;
  /** More ports that answer. */
  readonly more?: readonly number[];
}

type Issued = ReturnType<typeof issuedCluster>;

/** The certificate of a domain, as a cluster has it. */
export function domainPair({ secrets }: Issued, domain = 'example.com'): Pair {
  const pair = secrets.issued[`cluster/domain/${domain}`];
  if (pair === undefined) throw new Error(`no certificate for ${domain}`);
  return pair;
}

/** The guide's domain at two edges that are web servers in a network of their own; the folder is that of `ours`. */
export class WebEdges {
  readonly lab = new Lab();

  constructor(ours: Issued) {
    this.lab.run(['init', '--example', 'guide']);
    const edges = ADDRESSES.map((ip, index) => `  - {name: e${index + 1}, ip: ${ip}, role: edge}\n`).join('');
    const guide = this.lab.read('cluster.yaml').replace(/ {2}- \{name: example.com.*\n/, edges);
    writeFileSync(this.lab.path('cluster.yaml'), guide);
    mkdirSync(this.lab.path('ssl'));
    const files = operatorFiles(ours.plan, ours.secrets, { plainCaKeys: false });
    const authority = files.find(({ path }) => path === 'ssl/domains-ca.pem');
    writeFileSync(this.lab.path('ssl/domains-ca.pem'), authority?.content ?? '');
  }

  /** One command line of ironkeel while these edges are there; one that is left out is switched off. */
  async run(words: string, edges: readonly (Edge | undefined)[], dns: readonly string[] = []): Promise<RunResult> {
    const configuration = join(this.lab.root, 'nginx.conf');
    writeFileSync(configuration, this.#configuration(edges));
    const present = ADDRESSES.filter((_, index) => edges[index] !== undefined);
    const script = [
      'set -e; ip link set lo up',
      ...present.map((address) => `ip address add ${address}/32 dev lo`),
      `nginx -c ${configuration} -e stderr & web=$!`,
      `dnsmasq --keep-in-foreground --conf-file=/dev/null --no-hosts --no-resolv --user=root --pid-file= --listen-address=127.0.0.1 --bind-interfaces ${dns.join(' ')} & dns=$!`,
      'trap "kill $web $dns; wait" EXIT',
      `for try in $(seq 100); do (exec 3<>/dev/tcp/${present[0] ?? '127.0.0.1'}/80) 2>/dev/null && break; sleep 0.05; done`,
      `${process.execPath} ${BIN} ${words}`,
    ];
    const env = { HOME: this.lab.home };
    return run('unshare', ['--net', `--wd=${this.lab.folder}`, 'bash', '-c', script.join('\n')], env);
  }

  remove(): void {
    this.lab.remove();
  }

  #configuration(edges: readonly (Edge | undefined)[]): string {
    const servers = edges.flatMap((edge, index) =>
      edge === undefined ? [] : this.#servers(edge, ADDRESSES[index] ?? '127.0.0.1', index),
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${this.lab.root};`,
    );
    return [
      'daemon off; master_process off; events {}',
      `pid ${join(this.lab.root, 'nginx.pid')};`,
      `http { access_log off; default_type text/plain; ${temporary.join(' ')}`,
      ...servers,
      '}',
    ].join('\n');
  }

  #servers(edge: Edge, address: string, index: number): string[] {
    const {
      pair,
      status = 404,
      page = 'default backend - 404',
      redirects = false,
      withoutTls = false,
      more = [],
    } = edge;
    const [certificate, key] = ['certificate', 'key'].map((name) => join(this.lab.root, `e${index}-${name}.pem`));
    writeFileSync(certificate ?? '', pair.certificate);
    writeFileSync(key ?? '', pair.key, { mode: 0o600 });
    const answer = `return ${status} "${page}";`;
    const listen = [80, ...more].map((port) => `listen ${address}:${port};`).join(' ');
    const plain = `server { ${listen} ${redirects ? 'return 301 https://$host$request_uri;' : answer} }`;
    const tls = `ssl_certificate ${certificate}; ssl_certificate_key ${key};`;
    return [plain, ...(withoutTls ? [] : [`server { listen ${address}:443 ssl; ${tls} ${answer} }`])];
  }
}
