import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mirrorServer } from './mirror-files.js';

const folder = mkdtempSync(join(tmpdir(), 'ironkeel-mirror-'));
mkdirSync(join(folder, 'served/host'), { recursive: true });
writeFileSync(join(folder, 'served/host/file'), '0123456789');
writeFileSync(join(folder, 'served/empty'), '');
writeFileSync(join(folder, 'secret'), 'secret');
const server = mirrorServer(join(folder, 'served'));
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function get(path: string, range?: string) {
  const response = await fetch(base + path, range === undefined ? {} : { headers: { range } });
  return [response.status, await response.text(), response.headers.get('content-range')];
}

it('serves files, whole and from a byte on', async () => {
  expect(await get('/host/file?x')).toEqual([200, '0123456789', null]);
  expect(await get('/host/file', 'bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
  expect(await get('/host/file', 'bytes=2-3')).toEqual([206, '23', 'bytes 2-3/10']);
  expect(await get('/host/file', 'bytes=10-')).toEqual([416, '', 'bytes */10']);
  expect(await get('/empty')).toEqual([200, '', null]);
});

it('has no folders, and takes nothing', async () => {
  expect((await get('/host'))[0]).toBe(404);
  expect((await get('/none'))[0]).toBe(404);
  expect((await get('/host/file/none'))[0]).toBe(404);
  expect((await get('/%zz'))[0]).toBe(404);
  expect((await fetch(`${base}/host/file`, { method: 'PUT', body: 'x' })).status).toBe(405);
  const head = await fetch(`${base}/host/file`, { method: 'HEAD' });
  expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', '']);
});

it.each(['/../secret', '/host/../../secret', '/%2e%2e/secret', '//..//secret'])('has nothing at %s', async (path) => {
  expect(await raw(`GET ${path} HTTP/1.0\r\n\r\n`)).toMatch(/^HTTP\/1\.[01] 404 /);
});

/** What fetch would put right before it asks. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.end(request));
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
