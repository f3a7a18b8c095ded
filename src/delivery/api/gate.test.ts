import { describe, expect, it } from 'vitest';
import { WorkError } from '../../support/problem.js';
import { clusterGate, pathOf } from './gate.js';
import type { ApiAnswer, ApiCall } from './sender.js';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'a' } };
const IN_NAMESPACES = { plural: 'deployments', namespaced: true };
const OUTSIDE = { plural: 'namespaces', namespaced: false };

function gate(answer: ApiAnswer | Error, dryRun = false) {
  const calls: ApiCall[] = [];
  const said: string[] = [];
  const send = async (_base: string, call: ApiCall) => {
    calls.push(call);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, said, gate: clusterGate(send, 'https://api', { dryRun, onChange: (text) => said.push(text) }) };
}

describe('the gate to a cluster', () => {
  it('applies and removes by the object’s own path', async () => {
    const { gate: open, calls, said } = gate({ status: 200, body: '{}' });
    await open.apply(WEB, IN_NAMESPACES);
    await open.remove(NAMESPACE, OUTSIDE);
    expect(calls).toEqual([
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/a/deployments/web?fieldManager=ironkeel&force=true&fieldValidation=Strict',
        body: { type: 'application/apply-patch+yaml', content: JSON.stringify(WEB) },
      },
      { method: 'DELETE', path: '/api/v1/namespaces/a?propagationPolicy=Background' },
    ]);
    expect(said).toEqual(['apply Deployment web', 'remove Namespace a']);
  });

  it('sends nothing in a dry run, and says the same', async () => {
    const { gate: open, calls, said } = gate({ status: 500, body: '' }, true);
    await open.apply(WEB, IN_NAMESPACES);
    await open.remove(NAMESPACE, OUTSIDE);
    expect(calls).toEqual([]);
    expect(said).toEqual(['apply Deployment web', 'remove Namespace a']);
  });

  it('takes what is gone for removed, and nothing else', async () => {
    await expect(gate({ status: 404, body: '' }).gate.remove(NAMESPACE, OUTSIDE)).resolves.toBeUndefined();
    await expect(gate({ status: 404, body: '' }).gate.apply(WEB, IN_NAMESPACES)).rejects.toThrow(WorkError);
  });

  it('repeats the API’s own words', async () => {
    const body = JSON.stringify({ kind: 'Status', message: 'quota exceeded' });
    const refused = gate({ status: 403, body }).gate.apply(WEB, IN_NAMESPACES);
    await expect(refused).rejects.toThrow('the API did not apply Deployment web: 403: quota exceeded');
    const plain = gate({ status: 502, body: 'bad gateway' }).gate.apply(WEB, IN_NAMESPACES);
    await expect(plain).rejects.toThrow('502: bad gateway');
    const lost = gate(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })).gate.apply(WEB, IN_NAMESPACES);
    await expect(lost).rejects.toThrow('the API did not apply Deployment web: ECONNREFUSED');
  });

  it('keeps names in their place', () => {
    expect(pathOf({ ...NAMESPACE, metadata: { name: '../b?c' } }, OUTSIDE)).toBe('/api/v1/namespaces/..%2Fb%3Fc');
  });
});
