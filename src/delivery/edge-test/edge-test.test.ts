import { describe, expect, it } from 'vitest';
import { InputError } from '../../support/problem.js';
import { clusterGate } from '../api/gate.js';
import type { ApiCall, ApiSend } from '../api/sender.js';
import { ECHO_LABEL, ECHO_NAMESPACE, echoObjects } from './objects.js';
import { clearNamespace, deployEcho, removeEcho } from './phases.js';

const HOST = 'echo.example.com';
const OPTIONS = { host: HOST, image: 'echo:1' };
const NEVER = new AbortController().signal;

/** An API that has one namespace, or none, and lets it go after some looks. */
class Api {
  readonly changes: string[] = [];
  looks = 0;

  constructor(public namespace: { labels?: Record<string, string>; deletionTimestamp?: string } | undefined) {}

  readonly send: ApiSend = async (_base, { method, path }: ApiCall) => {
    const name = path.replace(/\?.*/, '');
    if (method === 'GET') {
      this.looks++;
      const gone = this.namespace === undefined || (this.namespace.deletionTimestamp !== undefined && this.looks > 1);
      return gone
        ? { status: 404, body: '{}' }
        : { status: 200, body: JSON.stringify({ metadata: { name: ECHO_NAMESPACE, ...this.namespace } }) };
    }
    this.changes.push(`${method} ${name}`);
    if (method === 'DELETE' && this.namespace !== undefined)
      this.namespace = { ...this.namespace, deletionTimestamp: 'now' };
    return { status: 200, body: '{}' };
  };

  readonly place = { send: this.send, base: 'https://api' };
  readonly gate = clusterGate(this.send, 'https://api', { dryRun: false, onChange: () => undefined });
}

describe('the objects of the echo', () => {
  const objects = echoObjects({ ...OPTIONS, ingressClass: 'nginx' }).map(([object]) => object) as {
    kind: string;
    metadata: { namespace?: string };
    spec?: Record<string, unknown>;
  }[];

  it('are the guide’s, in an order in which each can be made', () => {
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'Deployment', 'Service', 'Ingress']);
    expect(objects.slice(1).every(({ metadata }) => metadata.namespace === ECHO_NAMESPACE)).toBe(true);
  });

  it('lead from the host to the pod, by the domain’s own certificate', () => {
    expect(objects[3]?.spec).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host: HOST,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'echo', port: { name: 'http' } } } }],
          },
        },
      ],
      tls: [{ hosts: [HOST] }],
    });
  });

  it('leave the class to the cluster unless told', () => {
    const [ingress] = echoObjects(OPTIONS).at(-1) ?? [];
    expect(JSON.stringify(ingress)).not.toContain('ingressClassName');
  });
});

describe('the test', () => {
  it('makes all of it, and removes all of it', async () => {
    const api = new Api(undefined);
    await deployEcho(api.gate, OPTIONS, NEVER);
    api.namespace = { labels: { [ECHO_LABEL]: 'true' } };
    await removeEcho(api.gate, api.place);
    expect(api.changes).toEqual([
      `PATCH /api/v1/namespaces/${ECHO_NAMESPACE}`,
      `PATCH /apis/apps/v1/namespaces/${ECHO_NAMESPACE}/deployments/echo`,
      `PATCH /api/v1/namespaces/${ECHO_NAMESPACE}/services/echo`,
      `PATCH /apis/networking.k8s.io/v1/namespaces/${ECHO_NAMESPACE}/ingresses/echo`,
      `DELETE /api/v1/namespaces/${ECHO_NAMESPACE}`,
    ]);
  });

  it('makes nothing more once it is ended', async () => {
    const api = new Api(undefined);
    await expect(deployEcho(api.gate, OPTIONS, AbortSignal.abort())).rejects.toThrow();
    expect(api.changes).toEqual([]);
  });

  it('waits for an earlier one to go, and takes over one that was kept', async () => {
    const leaving = new Api({ labels: { [ECHO_LABEL]: 'true' }, deletionTimestamp: 'now' });
    await clearNamespace(leaving.place, NEVER);
    expect(leaving.looks).toBe(2);
    await clearNamespace(new Api({ labels: { [ECHO_LABEL]: 'true' } }).place, NEVER);
  });

  it('leaves a namespace of somebody else alone', async () => {
    await expect(clearNamespace(new Api({ labels: {} }).place, NEVER)).rejects.toThrow(InputError);
  });

  it('that cannot be removed says how it is done by hand', async () => {
    const api = new Api({});
    const broken = clusterGate(async () => ({ status: 403, body: '{}' }), 'https://api', {
      dryRun: false,
      onChange: () => undefined,
    });
    await expect(removeEcho(broken, api.place)).rejects.toMatchObject({
      message: expect.stringContaining('403'),
      remedy: `Remove it by hand: kubectl delete namespace ${ECHO_NAMESPACE}`,
    });
  });
});
