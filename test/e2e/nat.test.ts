import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IRONKEEL, LabCluster, must } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { scanPorts } from './support/scan.js';
import { until } from './support/until.js';

const [OWN, PUBLIC] = ['10.10.10.9', '198.51.100.7'];
const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: nat
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
domains: [{name: example.com}]
addons: {metricsServer: false, localStorage: false}
machines:
  - {name: controller, ip: 10.10.10.1, role: controller}
  - {name: edge, ip: ${OWN}, publicAddress: ${PUBLIC}, role: edge}
`;

// One story, in order: each test starts from what the one before it left.
describe('an edge whose public address is on no interface of its own', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => cluster?.leave());

  it('is Ready under its own address', () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
    const path = '{.status.addresses[?(@.type=="InternalIP")].address}';
    expect(cluster.kubectl('get', 'node', 'edge', `-o=jsonpath=${path}`)).toBe(OWN);
  });

  it('answers the world at the public one, which DNS shows', async () => {
    const authority = ['--cacert', join(cluster.folder, 'ssl/domains-ca.pem')];
    const ask = (url: string) =>
      cluster.fromClient('curl', '-s', '--max-time', '5', ...authority, '-o', '/dev/null', '-w', '%{http_code}', url);
    for (const url of ['http://example.com/', 'https://www.example.com/', `http://${PUBLIC}/`])
      await until(90, url, () => (ask(url).stdout === '404' ? true : undefined));
    expect(must(cluster.fromClient('getent', 'ahostsv4', 'shop.example.com'))).toContain(PUBLIC);
  });

  it('passes the check from outside', async () => {
    const check = () => cluster.fromClient(process.execPath, IRONKEEL, '-C', cluster.folder, 'edge', 'check');
    const { stdout } = await until(60, 'an edge that is well', () => {
      const outcome = check();
      if (outcome.status !== 0) throw new Error(outcome.stdout);
      return outcome;
    });
    expect(stdout).toContain(`ok    example.com: leads to ${PUBLIC}\n`);
  });

  it('shows the world two ports and no other', () => {
    const found = scanPorts(cluster, 'client', [PUBLIC]);
    expect([...found.matchAll(/(\d+)\/open\/tcp/g)].map(([, port]) => port)).toEqual(['80', '443']);
  });
});
