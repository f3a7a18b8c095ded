import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const TOOL = fileURLToPath(new URL('../../tools/refresh-releases.mjs', import.meta.url));
const sum = (digit: string) => digit.repeat(64);

const CATALOGUE = {
  source: 'a test',
  artifacts: {
    kubelet: {
      url: 'https://dl.k8s.io/release/v{version}/bin/linux/{arch}/kubelet',
      format: 'binary',
      versions: { '1.36.4': { amd64: sum('1'), arm64: sum('2') } },
    },
    kubectl: { url: 'https://dl.k8s.io/release/v{version}/bin/linux/{arch}/kubectl', format: 'binary', versions: {} },
    etcd: {
      url: 'https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-linux-{arch}.tar.gz',
      format: 'tar.gz',
      versions: { '3.6.9': { amd64: sum('3'), arm64: sum('4') } },
    },
    'gateway-api-crds': { url: 'https://x/{version}', format: 'yaml', versions: { '1.0.0': { any: sum('5') } } },
  },
};

let folder: string;
let file: string;
let server: Server;
let published: Map<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ironkeel-releases-'));
  file = join(folder, 'releases.json');
  writeFileSync(file, JSON.stringify(CATALOGUE, undefined, 1));
  const etcd = '/github.com/etcd-io/etcd/releases/download';
  published = new Map([
    ['/dl.k8s.io/release/stable-1.36.txt', 'v1.36.4'],
    ['/dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet.sha256', sum('1')],
    ['/dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet.sha256', `${sum('2')}\n`],
    [
      `${etcd}/v3.6.9/SHA256SUMS`,
      `${sum('3')}  etcd-v3.6.9-linux-amd64.tar.gz\n${sum('4')}  etcd-v3.6.9-linux-arm64.tar.gz\n`,
    ],
    [
      `${etcd}/v3.6.10/SHA256SUMS`,
      `${sum('6')} *etcd-v3.6.10-linux-amd64.tar.gz\n${sum('7')} *etcd-v3.6.10-linux-arm64.tar.gz\n`,
    ],
  ]);
  server = createServer((request, response) => {
    const text = published.get(request.url ?? '');
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function refresh(...args: string[]): Promise<{ status: number | null; said: string }> {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, [TOOL, '--base', base, '--file', file, ...args]);
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  child.stderr.on('data', (data) => {
    said += data;
  });
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, said })));
}

const read = () => JSON.parse(readFileSync(file, 'utf8')) as typeof CATALOGUE;

describe('tools/refresh-releases.mjs', () => {
  it('changes nothing when the publishers say the same', async () => {
    const before = readFileSync(file, 'utf8');
    expect(await refresh()).toEqual({ status: 0, said: '2 releases checked, nothing changed\n' });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('adds what is asked for and new Kubernetes patch releases, newest first', async () => {
    published.set('/dl.k8s.io/release/stable-1.36.txt', 'v1.36.5\n');
    for (const program of ['kubelet', 'kubectl']) {
      for (const arch of ['amd64', 'arm64'])
        published.set(`/dl.k8s.io/release/v1.36.5/bin/linux/${arch}/${program}.sha256`, sum('8'));
    }
    const { status, said } = await refresh('etcd@3.6.10');
    expect(status, said).toBe(0);
    expect(Object.keys(read().artifacts.kubelet.versions)).toEqual(['1.36.5', '1.36.4']);
    expect(Object.keys(read().artifacts.kubectl.versions)).toEqual(['1.36.5']);
    expect(Object.entries(read().artifacts.etcd.versions)[0]).toEqual(['3.6.10', { amd64: sum('6'), arm64: sum('7') }]);
    expect(read().artifacts['gateway-api-crds']).toEqual(CATALOGUE.artifacts['gateway-api-crds']);
    expect(readdirSync(folder)).toEqual(['releases.json']);
  });

  it('with --check only says that something would change', async () => {
    const before = readFileSync(file, 'utf8');
    const { status, said } = await refresh('--check', 'etcd@3.6.10');
    expect([status, said]).toEqual([1, 'the catalogue is behind the publishers; run this without --check\n']);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('raises the alarm when a sum on record changed, and writes nothing', async () => {
    published.set('/dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet.sha256', sum('9'));
    const before = readFileSync(file, 'utf8');
    const { status, said } = await refresh('etcd@3.6.10');
    expect(status).toBe(1);
    expect(said).toContain(`kubelet 1.36.4 amd64: ALARM, the publisher now says ${sum('9')}, on record is ${sum('1')}`);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('writes nothing when a publisher cannot be asked', async () => {
    published.delete('/dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet.sha256');
    expect(await refresh()).toMatchObject({
      status: 1,
      said: expect.stringContaining('kubelet 1.36.4 arm64: the publisher'),
    });
  });

  it('refuses a component it knows no checksum file for', async () => {
    expect((await refresh('gateway-api-crds@1.5.2')).status).toBe(2);
  });
});
