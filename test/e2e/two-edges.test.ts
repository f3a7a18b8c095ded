import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Background } from './support/background.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { clientPrograms, labBundle, preloadOf } from './support/programs.js';
import { until } from './support/until.js';

const FLOATING = '123.234.234.200';
const EDGES = { edge1: '123.234.234.123', edge2: '123.234.234.124' } as const;
type EdgeName = keyof typeof EDGES;
const ECHO = 'lab.local/echo:1';
const HOST = 'echo.example.com';
/** A port that is no HTTP's: pods on edges may have any. */
const RAW = 2525;

const inventory = (bundle: string) => `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: edges
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
domains: [{name: example.com}]
ingress: {floatingAddress: ${FLOATING}}
addons: {headlamp: true, metricsServer: false, localStorage: false}
images: {preload: [${JSON.stringify(preloadOf(bundle, ECHO, ['worker', 'edge']))}]}
machines:
  - {name: controller, ip: 10.10.10.1, role: controller}
  - {name: worker1, ip: 10.10.10.2}
  - {name: edge1, ip: ${EDGES.edge1}, role: edge}
  - {name: edge2, ip: ${EDGES.edge2}, role: edge}
`;

interface Requests {
  readonly answered: number;
  readonly lost: number;
  readonly askedAgain: number;
  readonly longestMs: number;
}

// One story, in order: each test starts from what the one before it left.
describe('two edges on one segment', () => {
  let cluster: LabCluster;
  let running: Background[] = [];
  beforeAll(() => {
    const bundle = labBundle();
    cluster = new LabCluster(bundle);
    cluster.inventory(inventory(bundle));
  });
  afterAll(() => {
    for (const each of running) each.interrupt();
    cluster?.leave();
  });

  it('both serve, and one of them has the floating address', async () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
    cluster.apply(...echo());
    cluster.kubectl('rollout', 'status', 'deployment/echo', '--timeout=120s');
    for (const address of [...Object.values(EDGES), FLOATING])
      await until(90, `the echo at ${address}`, () => answer(address));
    expect(holders()).toHaveLength(1);
  });

  it('tell the pod who the client is, through the floating address too', () => {
    const { headers } = JSON.parse(must(curl(FLOATING, '--header', 'X-Forwarded-For: 192.0.2.66'))) as {
      headers: Record<string, string[]>;
    };
    expect(headers['X-Forwarded-For']).toEqual([clientAddress()]);
  });

  it('serve a port of a pod’s own on every edge by TCP and UDP, to whom the pod sees', async () => {
    cluster.apply(...onEdges());
    cluster.kubectl('rollout', 'status', '--namespace=raw', 'daemonset/raw', '--timeout=120s');
    for (const address of [...Object.values(EDGES), FLOATING]) {
      const { remote } = JSON.parse(
        must(cluster.fromClient('curl', '--silent', '--max-time', '5', `http://${address}:${RAW}/`)),
      ) as {
        remote: string;
      };
      expect(remote.split(':')[0], address).toBe(clientAddress());
      const datagram = [process.execPath, resolve('test/e2e/support/datagram.mjs'), address, String(RAW)];
      expect(must(cluster.fromClient(...datagram)).split(':')[0], `UDP ${address}`).toBe(clientAddress());
    }
  });

  it('lose no request of clients that ask again while one loses its power', async () => {
    const holder = holderNow();
    // The first of both addresses is the one that is about to be lost.
    const [balanced, floating] = [ask(1000, EDGES[holder], EDGES[otherThan(holder)]), ask(1000, FLOATING)];
    await sleep(8);
    cluster.ironkeel('lab', 'power-cut', '--off', holder);
    const [byDns, byAddress] = await Promise.all([requests(balanced), requests(floating)]);
    console.log(
      `power cut of ${holder}: a client with both addresses ${said(byDns)}; with the floating one ${said(byAddress)}`,
    );
    expect(byDns).toMatchObject({ answered: 1000, lost: 0 });
    expect(byAddress).toMatchObject({ answered: 1000, lost: 0 });
    // Something was asked while nobody had the address: else the plug was pulled too late.
    for (const each of [byDns, byAddress]) expect(each.askedAgain).toBeGreaterThan(0);
    expect(byAddress.longestMs).toBeLessThan(5000 + CLIENT_SLACK);
    expect(holderNow()).toBe(otherThan(holder));
  });

  it('serve again after the power returned, the address left where it is', async () => {
    const holder = holderNow();
    const back = otherThan(holder);
    cluster.ironkeel('lab', 'power-on', back);
    cluster.waitReady();
    await until(90, `the echo at ${back}`, () => answer(EDGES[back]));
    expect(holders()).toEqual([holder]);
  });

  it('give the address up when the web server does not answer', async () => {
    const holder = holderNow();
    const client = ask(400, FLOATING);
    await sleep(4);
    must(cluster.onMachine(holder, 'pkill', '-STOP', '-x', 'traefik'));
    const result = await requests(client);
    console.log(`${holder} stopped serving: ${said(result)}`);
    expect(result).toMatchObject({ answered: 400, lost: 0 });
    expect(holderNow()).toBe(otherThan(holder));
    // Its kubelet starts another.
    await until(180, `the echo at ${holder}`, () => answer(EDGES[holder]));
  });

  it('move the address while the control plane is down', async () => {
    const holder = holderNow();
    cluster.ironkeel('lab', 'power-cut', '--off', 'controller');
    const client = ask(500, FLOATING);
    await sleep(4);
    cluster.ironkeel('lab', 'power-cut', '--off', holder);
    const result = await requests(client);
    console.log(`power cut of ${holder} without a control plane: ${said(result)}`);
    expect(result).toMatchObject({ answered: 500, lost: 0 });
    expect(result.longestMs).toBeLessThan(5000 + CLIENT_SLACK);
    cluster.ironkeel('lab', 'power-on', '--all');
    cluster.waitReady();
  });

  it('are updated one at a time', async () => {
    for (const address of Object.values(EDGES)) await until(120, `the echo at ${address}`, () => answer(address));
    const client = ask(1000, FLOATING);
    cluster.kubectl('rollout', 'restart', '--namespace=kube-system', 'daemonset/traefik');
    const ready: number[] = [];
    await until(240, 'the end of the update', () => {
      const { status } = cluster.json<Updating>('get', 'daemonset', '--namespace=kube-system', 'traefik');
      ready.push(status.numberReady ?? 0);
      return status.updatedNumberScheduled === 2 && status.numberReady === 2 ? true : undefined;
    });
    expect(Math.min(...ready)).toBe(1);
    const result = await requests(client);
    console.log(`update of both edges: ${said(result)}`);
    expect(result).toMatchObject({ answered: 1000, lost: 0 });
  });

  // Headlamp itself cannot be had where the lab is built: its image holds a program that answers in its place.
  it('have a dashboard that is open for its owner alone, until Ctrl-C', async () => {
    cluster.kubectl('rollout', 'status', '--namespace=kube-system', 'deployment/headlamp', '--timeout=120s');
    const opened = openDashboard();
    await until(60, 'the dashboard', () => (/Ctrl-C/.test(opened.said) ? true : undefined));
    expect(opened.said).toContain('The dashboard is at http://127.0.0.1:4466/');
    const seen = must(cluster.fromLan('curl', '--silent', '--max-time', '5', 'http://127.0.0.1:4466/c/main'));
    expect(JSON.parse(seen)).toMatchObject({ path: '/c/main' });
    expect(rights(token(opened.said))).toEqual({ pods: true, nodes: true, secrets: false, deletion: false });
    // The same way leads to a pod that nothing keeps from others.
    expect(reachesPod('default', 'app=echo', 8080)).toBe(true);
    expect(reachesPod('kube-system', 'app.kubernetes.io/name=headlamp', 4466)).toBe(false);
    opened.interrupt();
    await opened.ended;
    expect(opened.said).toContain('the dashboard is closed');
    expect(opened.said).toContain('it ended with 0');
    expect(cluster.fromLan('curl', '--silent', '--max-time', '3', 'http://127.0.0.1:4466/').status).not.toBe(0);
  });

  it('give an administrator’s token to whoever asks for one', async () => {
    const opened = openDashboard('--admin', '--minutes', '10');
    await until(60, 'the dashboard', () => (/Ctrl-C/.test(opened.said) ? true : undefined));
    expect(rights(token(opened.said))).toEqual({ pods: true, nodes: true, secrets: true, deletion: true });
    opened.interrupt();
    await opened.ended;
    expect(opened.said).toContain('it ended with 0');
  });

  interface Updating {
    readonly status: { readonly updatedNumberScheduled?: number; readonly numberReady?: number };
  }

  /** Beyond the move: the client's own patience and pauses. */
  const CLIENT_SLACK = 1200;

  function curl(address: string, ...more: string[]) {
    return cluster.fromClient(
      'curl',
      '--silent',
      '--fail',
      '--max-time',
      '3',
      '--header',
      `Host: ${HOST}`,
      ...more,
      `http://${address}/`,
    );
  }

  function clientAddress(): string | undefined {
    return must(cluster.fromClient('ip', '-o', '-4', 'address', 'show', 'dev', 'eth0')).match(/inet ([\d.]+)/)?.[1];
  }

  function answer(address: string): string | undefined {
    const { status, stdout } = curl(address);
    return status === 0 ? stdout : undefined;
  }

  /** Who has the floating address on an interface; machines that are off have none. */
  function holders(): EdgeName[] {
    return (Object.keys(EDGES) as EdgeName[]).filter((name) =>
      cluster.onMachine(name, 'ip', '-o', '-4', 'address', 'show').stdout.includes(`${FLOATING}/32`),
    );
  }

  function holderNow(): EdgeName {
    const [holder, another] = holders();
    if (holder === undefined || another !== undefined) throw new Error(`${holders().length} edges have ${FLOATING}`);
    return holder;
  }

  function ask(count: number, ...addresses: string[]): Background {
    const client = new Background(cluster, 'client', [
      process.execPath,
      resolve('test/e2e/support/requests.mjs'),
      HOST,
      String(count),
      ...addresses,
    ]);
    running = [...running, client];
    return client;
  }

  async function requests(client: Background): Promise<Requests> {
    expect(await client.ended, client.said).toBe(0);
    return JSON.parse(client.said) as Requests;
  }

  /** Whether a program on another machine gets an answer of a pod; to its own pods a machine always comes. */
  function reachesPod(namespace: string, selector: string, port: number): boolean {
    const [address = '', node = ''] = podField(
      namespace,
      `--selector=${selector}`,
      '--field-selector=status.phase=Running',
      '{.items[0].status.podIP} {.items[0].spec.nodeName}',
    ).split(' ');
    const elsewhere = ['--selector=app.kubernetes.io/name=kube-proxy', `--field-selector=spec.nodeName!=${node}`];
    const from = podField('kube-system', ...elsewhere, '{.items[0].metadata.name}');
    const fetch = ['wget', '-q', '-T', '3', '-O', '/dev/null', `http://${address}:${port}/`];
    return cluster.tryKubectl('exec', '--namespace=kube-system', from, '--', ...fetch).status === 0;
  }

  function podField(namespace: string, ...selectorsAndPath: string[]): string {
    const [path = '', ...selectors] = selectorsAndPath.reverse();
    return cluster.kubectl('get', 'pods', `--namespace=${namespace}`, ...selectors, `-o=jsonpath=${path}`);
  }

  /** With a kubectl on the PATH, as its owner has it. */
  function openDashboard(...args: string[]): Background {
    const dashboard = [process.execPath, resolve('bin/ironkeel.js'), '-C', cluster.folder, 'dashboard', ...args];
    // What `lab exec` ends with after a Ctrl-C is its own.
    const command = ['bash', '-c', '"$@"; echo "it ended with $?"', 'bash', ...dashboard];
    const opened = new Background(cluster, 'lan', command, dirname(clientPrograms().kubectl));
    running = [...running, opened];
    return opened;
  }

  /** What a token opens, with nothing else of the owner's. */
  function rights(bearer: string) {
    const authority = join(cluster.folder, 'ssl/ca.pem');
    const access = [
      '--kubeconfig=/dev/null',
      '--server=https://10.10.10.1:6443',
      `--certificate-authority=${authority}`,
    ];
    const may = (...words: string[]) =>
      /^yes$/m.test(
        cluster.fromLan(
          clientPrograms().kubectl,
          ...access,
          `--token=${bearer}`,
          'auth',
          'can-i',
          ...words,
          '--all-namespaces',
        ).stdout,
      );
    return {
      pods: may('list', 'pods'),
      nodes: may('list', 'nodes'),
      secrets: may('list', 'secrets'),
      deletion: may('delete', 'deployments'),
    };
  }
});

const otherThan = (name: EdgeName): EdgeName => (name === 'edge1' ? 'edge2' : 'edge1');
const sleep = (seconds: number) => new Promise((done) => setTimeout(done, seconds * 1000));
const said = ({ answered, lost, askedAgain, longestMs }: Requests) =>
  `had ${answered} answers and lost ${lost}, asked again ${askedAgain} times, waited ${(longestMs / 1000).toFixed(1)} s at most`;
const token = (text: string) => text.match(/^eyJ[\w.-]+$/m)?.[0] ?? '';

/** The same on a port of every edge, past the ingress. */
function onEdges(): object[] {
  const labels = { app: 'raw' };
  const namespace = { name: 'raw', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } };
  const ports = ['TCP', 'UDP'].map((protocol) => ({ containerPort: 8080, hostPort: RAW, protocol }));
  const container = { name: 'echo', image: ECHO, imagePullPolicy: 'IfNotPresent', ports };
  const nodeSelector = { 'node-restriction.kubernetes.io/role': 'edge-router' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: namespace },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'raw', namespace: 'raw' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { nodeSelector, containers: [container] } },
      },
    },
  ];
}

/** Repeats what it saw of a request, behind an Ingress. */
function echo(): object[] {
  const labels = { app: 'echo' };
  const metadata = { name: 'echo', namespace: 'default' };
  const container = { name: 'echo', image: ECHO, imagePullPolicy: 'IfNotPresent' };
  const backend = { service: { name: 'echo', port: { number: 80 } } };
  const spec = { nodeSelector: { 'kubernetes.io/hostname': 'worker1' }, containers: [container] };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata,
      spec: { rules: [{ host: HOST, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    },
  ];
}
