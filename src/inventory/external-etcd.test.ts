import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatProblem } from '../support/report.js';
import { parseInventory } from './index.js';
import { type Identity, selfSigned } from './testing/authority.js';
import { GUIDE } from './testing/cases.js';
import { PUBLIC_KEY, testContext } from './testing/context.js';

const FIELD =
  'etcd: {external: {endpoints: ["https://10.10.10.9:2379"], caFile: ca.pem, certFile: c.pem, keyFile: k.pem}}\n';

let authority: Identity;
let client: Identity;

beforeAll(async () => {
  authority = await selfSigned(true);
  client = await selfSigned(false);
});

function parse(files: Readonly<Record<string, string>> = {}, field = FIELD, guide = GUIDE) {
  const all = {
    'id.pub': PUBLIC_KEY,
    'ca.pem': authority.certificate,
    'c.pem': client.certificate,
    'k.pem': client.key,
  };
  const { cluster, problems } = parseInventory(guide + field, 'cluster.yaml', testContext({ ...all, ...files }));
  const brief = problems.map(({ code, source, message }) => `${code} ${source?.column}: ${message}`);
  // Every line of a key's body, however short.
  const shown = problems.map((problem) => formatProblem(problem, { color: false }) + JSON.stringify(problem)).join();
  for (const line of [authority, client].flatMap(({ key }) => key.split('\n').slice(1, -2)))
    expect(shown).not.toContain(line);
  return { cluster, brief };
}

describe('an external etcd', () => {
  it('is taken with the texts of its files', () => {
    const { cluster, brief } = parse();
    expect(brief).toEqual([]);
    expect(cluster?.etcd.external).toEqual({
      endpoints: ['https://10.10.10.9:2379'],
      ca: authority.certificate,
      certificate: client.certificate,
      key: client.key,
    });
  });

  it('keeps chains and drops what stands around the blocks', () => {
    const chain = client.certificate + authority.certificate;
    const old = createPrivateKey(client.key).export({ format: 'pem', type: 'sec1' }).toString();
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const { cluster, brief } = parse({ 'c.pem': `subject=test\r\n${chain}bye\n`, 'k.pem': parameters + old });
    expect(brief).toEqual([]);
    expect(cluster?.etcd.external).toMatchObject({ certificate: chain, key: old });
  });

  it('makes an even number of controllers fine', () => {
    const two = GUIDE.replace('10.10.10.2}', '10.10.10.2, role: controller}');
    expect(parse({}, '', two).brief).toEqual([expect.stringContaining('even-controllers')]);
    expect(parse({}, FIELD, two).brief).toEqual([]);
  });

  it.each<readonly [string, () => Readonly<Record<string, string>>, string]>([
    ['a key as the authority', () => ({ 'ca.pem': client.key }), '67: ca.pem holds a private key'],
    [
      'a client as the authority',
      () => ({ 'ca.pem': client.certificate }),
      '67: ca.pem holds a certificate that is no',
    ],
    ['no certificate', () => ({ 'c.pem': 'hello' }), '85: c.pem holds no certificate'],
    [
      'key and certificate in one',
      () => ({ 'c.pem': client.certificate + client.key }),
      '85: c.pem holds a private key',
    ],
    [
      'a certificate cut short',
      () => ({ 'c.pem': cut(client.certificate) }),
      '85: c.pem holds a certificate that cannot',
    ],
    ['a certificate as the key', () => ({ 'k.pem': client.certificate }), '101: k.pem holds no private key'],
    ['two keys', () => ({ 'k.pem': client.key + authority.key }), '101: k.pem holds several private keys'],
    ['a key cut short', () => ({ 'k.pem': cut(client.key) }), '101: k.pem holds a private key that cannot'],
    ['another key', () => ({ 'k.pem': authority.key }), '101: k.pem is not the key of the certificate in c.pem'],
    ['a key with a passphrase', () => ({ 'k.pem': encrypted(client.key) }), '101: k.pem is encrypted'],
  ])('refuses %s', (_title, files, wanted) => {
    const { cluster, brief } = parse(files());
    expect(cluster).toBeUndefined();
    expect(brief).toEqual([expect.stringContaining(`etcd-file ${wanted}`)]);
  });

  it('names the files that cannot be read', () => {
    const { brief } = parse({}, FIELD.replace('ca.pem', 'a.pem').replace('k.pem', 'b.pem'));
    expect(brief).toEqual([
      'etcd-file 67: cannot read a.pem: there is no such file',
      'etcd-file 100: cannot read b.pem: there is no such file',
    ]);
  });

  it.each([
    ['http://10.10.10.9:2379', 'bad-endpoint'],
    ['10.10.10.9:2379', 'bad-endpoint'],
    ['https://10.10.10.9', 'bad-endpoint'],
    ['https://10.10.10.9:2379/v3', 'bad-endpoint'],
    ['https://me:secret@10.10.10.9:2379', 'bad-endpoint'],
    ['https://10.10.10.9:2379/', 'bad-endpoint'],
    ['https://10.10.10:2379', 'bad-endpoint'],
    ['https://0.0.0.0:2379', 'unusable-address'],
    ['https://10.2.3.4:2379', 'address-in-range'],
  ])('refuses the endpoint %s', (endpoint, code) => {
    const { brief } = parse({}, FIELD.replace('https://10.10.10.9:2379', endpoint));
    expect(brief.map((text) => text.split(':')[0])).toEqual([`${code} 31`]);
  });

  it.each(['https://127.0.0.1:2379', 'https://etcd.example.com:12379'])('takes the endpoint %s', (endpoint) => {
    expect(parse({}, FIELD.replace('https://10.10.10.9:2379', endpoint)).brief).toEqual([]);
  });

  it('refuses a member twice, and says of flags that they do nothing', () => {
    const twice = FIELD.replace('["https://10.10.10.9:2379"', '["https://e.lan:2379", "https://e.lan:2379"');
    const { brief } = parse({}, `${twice}kubernetes: {etcd: {flags: {metrics: extensive}}}\n`);
    expect(brief).toEqual([expect.stringContaining('duplicate-endpoint'), expect.stringContaining('unused-options')]);
  });
});

/** Half of what stands between the armour's lines. */
function cut(pem: string): string {
  const lines = pem.trimEnd().split('\n');
  return `${[...lines.slice(0, lines.length / 2), lines.at(-1)].join('\n')}\n`;
}

function encrypted(pem: string): string {
  const options = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  return createPrivateKey(pem).export(options).toString();
}
