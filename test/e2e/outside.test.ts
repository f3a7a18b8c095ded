import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster, must, type Outcome } from './support/lab-cluster.js';
import { labBundle } from './support/programs.js';
import { until } from './support/until.js';

const IRONKEEL = resolve('bin/ironkeel.js');
const EDGE = '123.234.234.123';

interface Document {
  readonly checks: readonly { readonly verdict: string; readonly subject: string; readonly code: string }[];
}

// One story, in order: each test starts from what the one before it left. The world is the lab's client, on the public
// segment; the cluster's owner is beside the machines, where the API is.
describe('the guide’s cluster, seen from outside', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = LabCluster.ofGuide(labBundle());
  });
  afterAll(() => cluster?.leave());

  it('is Ready', () => {
    cluster.buildAndPowerOn();
    cluster.waitReady();
  });

  it('is well, DNS and certificate and all, and shows the world two ports', async () => {
    const well = await until(120, 'an edge that is well', () => {
      const checked = ironkeel('fromClient', 'edge', 'check');
      return checked.status === 0 ? checked.stdout : undefined;
    });
    expect(well).toContain(`ok    example.com: leads to ${EDGE}\n`);
    expect(well).toContain(`ok    *.example.com: leads to ${EDGE}\n`);
    expect(well).toMatch(/^ok {4}example.com \(123.234.234.123\): none of \d+ inner ports answers$/m);
    expect(well).toContain('ok    example.com at example.com: HTTPS answers 404 for an unknown host\n');
    expect(well).toContain('is by the domains’ own authority, ssl/domains-ca.pem; ');
    expect(must(ironkeel('fromClient', 'dns', 'check'))).toContain('none failed');
  });

  it('brings a request from outside to a pod and back, and leaves nothing', () => {
    const { answers } = JSON.parse(must(ironkeel('fromLan', 'edge', 'test', '--output', 'json')));
    expect(answers).toMatchObject([
      { scheme: 'http', address: EDGE, status: 200, echoed: true },
      { scheme: 'https', address: EDGE, status: 200, echoed: true },
    ]);
    expect(cluster.kubectl('get', 'namespaces', '-o', 'name')).not.toContain('ironkeel-edge-test');
  });

  it('has its Ingresses looked at where the API is', async () => {
    const service = { name: 'gone', port: { number: 80 } };
    const paths = [{ path: '/', pathType: 'Prefix', backend: { service } }];
    const metadata = { name: 'lost', namespace: 'default' };
    const spec = { rules: [{ host: 'lost.example.com', http: { paths } }] };
    cluster.apply({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec });
    const { checks } = JSON.parse(ironkeel('fromLan', 'edge', 'check', '--output', 'json').stdout) as Document;
    const failed = checks.filter(({ verdict }) => verdict === 'fail').map(({ subject, code }) => `${subject} ${code}`);
    expect(failed).toEqual(['default/lost ingress-service']);
  });

  it('is not well without its edge', () => {
    cluster.ironkeel('lab', 'power-cut', 'example.com');
    const { status, stdout } = ironkeel('fromClient', 'edge', 'check');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}example.com \(123.234.234.123\): 443\/tcp (does not answer|cannot be reached)/m);
  });

  function ironkeel(from: 'fromClient' | 'fromLan', ...words: readonly string[]): Outcome {
    return cluster[from](process.execPath, IRONKEEL, '-C', cluster.folder, ...words);
  }
});
