import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinePkiFiles, operatorFiles } from '../../../src/pki/index.js';
import { issuedCluster } from '../../../src/pki/testing/issued.js';
import { testMachine } from '../../../src/plan/testing/cluster.js';
import { Lab } from '../../unit/cli/lab.js';
import { LocalApi } from '../support/local-api.js';
import type { RunResult } from '../support/run.js';
import { domainPair } from './web-edges.js';

const BIN = resolve(process.env.IRONKEEL_BIN ?? 'bin/ironkeel.js');
const EDGE = '203.0.113.1';
/** Runs a program and leaves it running: its log, the file of its number, the program. */
const BACKGROUND = 'log=$1 pid=$2; shift 2; "$@" >"$log" 2>&1 & echo $! >"$pid"';
const INVENTORY = `  - {name: e1, ip: ${EDGE}, role: edge}\n`;

/**
 * A real etcd, API server and controller manager; in place of kubelets a loop that calls every pod of the test ready,
 * in place of the ingress controller a web server that leads one host to the echo's own program. All in a network of their own.
 */
export class SmallCluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'ironkeel-edge-'));
  readonly #lab = new Lab();
  readonly #pids: number[] = [];
  readonly #kubectl = LocalApi.program('kubernetes', 'kubectl');
  readonly #issued = issuedCluster(
    {
      domains: [{ name: 'example.com', edges: ['e1'] }],
      machines: [testMachine('controller', '10.10.10.1', 'controller'), testMachine('e1', EDGE, 'edge')],
    },
    Date.now(),
  );
  readonly #api = new LocalApi(this.#folder, this.#issued.plan);

  static async start(): Promise<SmallCluster> {
    const cluster = new SmallCluster();
    cluster.#writeFolder();
    await cluster.#startApi();
    await cluster.#startEdge();
    return cluster;
  }

  async stop(): Promise<void> {
    for (const pid of this.#pids) process.kill(pid, 'SIGKILL');
    this.#api.stop();
    this.#lab.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One command line of ironkeel, in the cluster's network. */
  run(words: string, around = ''): Promise<RunResult> {
    const line = `cd ${this.#lab.folder}; ${around} ${process.execPath} ${BIN} ${words}`;
    return this.#api.inside('bash', ['-c', line], { HOME: this.#lab.home });
  }

  async kubectl(...args: string[]): Promise<string> {
    const { code, output } = await this.#try(...args);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${output}`);
    return output.trim();
  }

  async apply(...objects: readonly object[]): Promise<void> {
    const file = join(this.#folder, 'given.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await this.kubectl('apply', '-f', file);
  }

  /** Pods of the test become ready, as kubelets would make them, until what comes back is called. */
  kubelets(): () => Promise<void> {
    const ready = JSON.stringify({ status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } });
    let on = true;
    const loop = async () => {
      while (on) {
        const { output } = await this.#try('get', 'pods', '-n', 'ironkeel-edge-test', '-o', 'name');
        for (const pod of output.split('\n').filter((line) => line.startsWith('pod/')))
          await this.#try(
            'patch',
            pod,
            '-n',
            'ironkeel-edge-test',
            '--subresource=status',
            '--type=merge',
            '-p',
            ready,
          );
        await sleep(500);
      }
    };
    const running = loop();
    return async () => {
      on = false;
      await running;
    };
  }

  #try(...args: string[]): Promise<RunResult> {
    return this.#api.inside(this.#kubectl, [`--kubeconfig=${this.#lab.path('kubeconfig')}`, ...args]);
  }

  #writeFolder(): void {
    this.#lab.run(['init', '--example', 'guide']);
    const guide = this.#lab.read('cluster.yaml').replace(/ {2}- \{name: example.com.*\n/, INVENTORY);
    writeFileSync(this.#lab.path('cluster.yaml'), guide);
    mkdirSync(this.#lab.path('ssl'));
    const files = operatorFiles(this.#issued.plan, this.#issued.secrets, { plainCaKeys: false });
    const text = (path: string) => Buffer.from(files.find((file) => file.path === path)?.content ?? []).toString();
    writeFileSync(this.#lab.path('ssl/domains-ca.pem'), text('ssl/domains-ca.pem'));
    // Nobody has bound the operator's group yet; this one may do anything from the beginning.
    const kubeconfig = text('ssl/break-glass.kubeconfig').replace('https://10.10.10.1:6443', 'https://127.0.0.1:6443');
    writeFileSync(this.#lab.path('kubeconfig'), kubeconfig, { mode: 0o600 });
  }

  async #startApi(): Promise<void> {
    const { plan, secrets } = this.#issued;
    const [controller] = plan.controllers;
    if (controller === undefined) throw new Error('the fixture changed');
    this.#api.place(machinePkiFiles(plan, controller, secrets));
    await this.#api.start();
    const deadline = Date.now() + 240_000;
    while ((await this.#try('get', '--raw=/readyz')).output.trim() !== 'ok') {
      if (Date.now() > deadline) throw new Error('the API server does not become ready');
      await sleep(500);
    }
    const pki = (path: string) => this.#api.path(`/etc/kubernetes/pki/${path}`);
    await this.#background('controller-manager', [
      LocalApi.program('kubernetes', 'kube-controller-manager'),
      `--kubeconfig=${this.#lab.path('kubeconfig')}`,
      `--root-ca-file=${pki('ca.pem')}`,
      `--service-account-private-key-file=${pki('sa-key.pem')}`,
      '--leader-elect=false',
    ]);
  }

  async #startEdge(): Promise<void> {
    await this.#api.inside('ip', ['address', 'add', `${EDGE}/32`, 'dev', 'lo']);
    await this.#background('echo', ['env', 'PORT=18080', LocalApi.program('go-httpbin', 'go-httpbin')]);
    const { certificate, key } = domainPair(this.#issued);
    writeFileSync(join(this.#folder, 'edge.pem'), certificate);
    writeFileSync(join(this.#folder, 'edge-key.pem'), key, { mode: 0o600 });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${this.#folder};`,
    );
    const listen = `listen ${EDGE}:80; listen ${EDGE}:443 ssl`;
    const headers = 'proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;';
    const configuration = [
      `daemon off; master_process off; pid ${this.#folder}/nginx.pid; events {}`,
      `http { access_log off; ${temporary.join(' ')}`,
      `ssl_certificate ${this.#folder}/edge.pem; ssl_certificate_key ${this.#folder}/edge-key.pem;`,
      `server { ${listen} default_server; return 404 "default backend - 404"; }`,
      `server { ${listen}; server_name echo.example.com; location / { proxy_pass http://127.0.0.1:18080; ${headers} } }`,
      '}',
    ];
    const file = join(this.#folder, 'nginx.conf');
    writeFileSync(file, configuration.join('\n'));
    await this.#background('nginx', ['nginx', '-c', file, '-e', 'stderr']);
  }

  async #background(name: string, command: readonly string[]): Promise<void> {
    const log = join(this.#folder, `${name}.log`);
    const pid = join(this.#folder, `${name}.pid`);
    await this.#api.inside('bash', ['-c', BACKGROUND, '-', log, pid, ...command]);
    this.#pids.push(Number(readFileSync(pid, 'utf8')));
  }
}
