import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCertificates, requiredCertificates } from '../../src/pki/index.js';
import { issuedCertificate } from '../../src/pki/issued.js';
import { issuedCluster, NOW } from '../../src/pki/testing/issued.js';
import { planCluster } from '../../src/plan/index.js';
import { testCluster, testMachine } from '../../src/plan/testing/cluster.js';
import { loadSecrets, type Secrets, saveSecrets } from '../../src/secrets/index.js';
import { loadIssuer, signCertificate } from '../../src/secrets/x509/certificate.js';
import { extendedKeyUsage, keyUsage, LEAF_CONSTRAINTS, subjectAltName } from '../../src/secrets/x509/extensions.js';
import { generateKeyPair } from '../../src/secrets/x509/keys.js';
import { encodeSubject } from '../../src/secrets/x509/names.js';
import { DAY } from '../../src/support/clock.js';

// The real consumers judge what we encode: openssl, ssh-keygen and age.

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ironkeel-pki-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a program; a missing one fails the test. */
function run(program: string, args: readonly string[], input = '') {
  const { error, status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (error) throw error;
  return { status, output: stdout + stderr, stdout };
}

function put(name: string, text: string): string {
  const path = join(dir, name.replaceAll('/', '_'));
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const at = ['-attime', String(Math.floor(NOW / 1000))];

/** `openssl verify` in strict mode for one purpose. */
function verify(certificate: string, authority: string, purpose: string, ...more: string[]) {
  const leaf = put('leaf.pem', certificate);
  const ca = put('ca.pem', authority);
  const trust = ['-no-CAfile', '-no-CApath', '-no-CAstore', '-CAfile', ca];
  return run('openssl', [
    'verify',
    '-x509_strict',
    '-check_ss_sig',
    ...at,
    ...trust,
    '-purpose',
    purpose,
    ...more,
    leaf,
  ]);
}

const PURPOSES = { serverAuth: 'sslserver', clientAuth: 'sslclient' } as const;
const { certificates } = testCluster();
const clusters = {
  'ec-p256': issuedCluster(),
  'rsa-2048': issuedCluster({
    certificates: { ...certificates, keyType: 'rsa-2048' },
    machines: [testMachine('controller', '10.10.10.1', 'controller')],
  }),
  'authorities beyond 2050': issuedCluster({ certificates: { ...certificates, caLifetimeDays: 12_000 } }),
};

describe.each(Object.entries(clusters))('openssl, %s', (_, { plan, secrets }) => {
  const specs = requiredCertificates(plan);

  it.each(specs.map((spec) => [spec.id, spec] as const))('accepts %s for its purposes and no other', (_id, spec) => {
    const { certificate } = issuedCertificate(secrets, spec.id);
    const authority = secrets.authorities[spec.authority].issuing.certificate;
    for (const [usage, purpose] of Object.entries(PURPOSES)) {
      const { status, output } = verify(certificate, authority, purpose);
      const wanted = spec.usages.some((each) => each === usage);
      expect(status === 0, output).toBe(wanted);
    }
  });

  it.each(specs.map((spec) => [spec.id, spec] as const))('accepts the request of %s', (_id, spec) => {
    const { request, certificate, key } = issuedCertificate(secrets, spec.id);
    const { status, output } = run('openssl', ['req', '-verify', '-noout', '-text'], request);
    expect(status, output).toBe(0);
    expect(output).toMatch(/verify OK/i);
    for (const name of [...spec.dnsNames.map((each) => `DNS:${each}`)]) expect(output).toContain(name);
    const publicKey = run('openssl', ['req', '-noout', '-pubkey'], request).stdout;
    expect(run('openssl', ['x509', '-noout', '-pubkey'], certificate).stdout).toBe(publicKey);
    expect(run('openssl', ['pkey', '-pubout'], key).stdout).toBe(publicKey);
  });

  it.each(Object.entries(secrets.authorities))('accepts the %s authority as one', (_name, { issuing }) => {
    const { status, output } = verify(issuing.certificate, issuing.certificate, 'crlsign');
    expect(status, output).toBe(0);
    expect(run('openssl', ['pkey', '-noout', '-check'], issuing.key).output).toContain('valid');
  });

  it('refuses every certificate under another authority', () => {
    for (const { id, authority } of specs) {
      const other = authority === 'etcd' ? 'kubernetes' : 'etcd';
      const { certificate } = issuedCertificate(secrets, id);
      expect(verify(certificate, secrets.authorities[other].issuing.certificate, 'any').status, id).not.toBe(0);
    }
  });

  it('refuses them before and after their time', () => {
    const { certificate } = issuedCertificate(secrets, 'cluster/admin');
    const authority = secrets.authorities.kubernetes.issuing.certificate;
    const when = (instant: number) => ['-attime', String(Math.floor(instant / 1000))];
    expect(verify(certificate, authority, 'sslclient', ...when(NOW - DAY / 2)).status).toBe(0);
    expect(verify(certificate, authority, 'sslclient', ...when(NOW - 1.1 * DAY)).output).toContain('not yet valid');
    expect(verify(certificate, authority, 'sslclient', ...when(NOW + 366 * DAY)).output).toContain('expired');
  });
});

describe('the names of certificates', () => {
  const { plan, secrets } = clusters['ec-p256'];
  const matches = (id: string, authority: keyof Secrets['authorities'], ...check: string[]) => {
    const { certificate } = issuedCertificate(secrets, id);
    return verify(certificate, secrets.authorities[authority].issuing.certificate, 'sslserver', ...check).status === 0;
  };

  it.each(['localhost', 'kubernetes.default.svc.cluster.local', 'controller'])('hold %s for the API server', (name) => {
    expect(matches('controller/apiserver', 'kubernetes', '-verify_hostname', name)).toBe(true);
  });

  it.each(['127.0.0.1', '::1', '10.3.0.1', '10.10.10.1'])('hold %s for the API server', (ip) => {
    expect(matches('controller/apiserver', 'kubernetes', '-verify_ip', ip)).toBe(true);
  });

  it('hold the domain and what is below it', () => {
    const { name = '' } = plan.cluster.domains[0] ?? {};
    const id = `cluster/domain/${name}`;
    expect(matches(id, 'domains', '-verify_hostname', name)).toBe(true);
    expect(matches(id, 'domains', '-verify_hostname', `www.${name}`)).toBe(true);
    expect(matches(id, 'domains', '-verify_hostname', 'example.org')).toBe(false);
  });
});

describe('the domains authority', () => {
  /** What a thief of its key would make. */
  const forge = (secrets: Secrets, dnsNames: string[], addresses: string[] = []) => {
    const issuer = loadIssuer(secrets.authorities.domains.issuing);
    const usages = [keyUsage(['digitalSignature']), extendedKeyUsage(['serverAuth'])];
    return signCertificate(issuer, {
      subject: encodeSubject({ commonName: 'forged' }),
      spki: generateKeyPair('ec-p256').spki,
      extensions: [LEAF_CONSTRAINTS, ...usages, subjectAltName(dnsNames, addresses)],
      notBefore: NOW,
      notAfter: NOW + DAY,
    });
  };
  const judge = (secrets: Secrets, dnsNames: string[], addresses: string[] = []) =>
    verify(forge(secrets, dnsNames, addresses), secrets.authorities.domains.issuing.certificate, 'sslserver');
  const { secrets } = clusters['ec-p256'];

  it.each([['example.com'], ['deep.www.example.com'], ['*.example.com']])('can sign for %s', (name) => {
    expect(judge(secrets, [name]).status).toBe(0);
  });

  it.each([['bank.example'], ['notexample.com'], ['example.com.evil.org'], ['kubernetes.default']])(
    'cannot sign for %s',
    (name) => {
      expect(judge(secrets, [name]).output).toContain('permitted subtree violation');
      expect(judge(secrets, ['example.com', name]).status).not.toBe(0);
    },
  );

  it.each([['10.10.10.1'], ['fd00::1']])('cannot sign for the address %s', (address) => {
    expect(judge(secrets, ['example.com'], [address]).output).toContain('excluded subtree violation');
  });

  it('can sign for nobody when there are no domains', () => {
    const { secrets: none } = issuedCluster({ domains: [] });
    expect(judge(none, ['example.com']).status).not.toBe(0);
  });

  it('leaves earlier certificates accepted after the domains changed', () => {
    const more = planCluster(testCluster({ domains: [{ name: 'example.org', edges: [] }] }));
    const { secrets: after } = issueCertificates(more, secrets, NOW);
    const bundle = after.authorities.domains.accepted.join('');
    expect(
      verify(issuedCertificate(secrets, 'cluster/domain/example.com').certificate, bundle, 'sslserver').status,
    ).toBe(0);
    expect(verify(issuedCertificate(after, 'cluster/domain/example.org').certificate, bundle, 'sslserver').status).toBe(
      0,
    );
  });
});

describe('the service-account key', () => {
  it.each(Object.entries(clusters))('signs what the public key accepts, %s', (_, { secrets }) => {
    const data = put('token', 'token');
    const signature = join(dir, 'token.sig');
    const key = put('sa-key.pem', secrets.serviceAccount.signingKey);
    const publicKey = put('sa-pub.pem', secrets.serviceAccount.acceptedKeys.join(''));
    expect(run('openssl', ['dgst', '-sha256', '-sign', key, '-out', signature, data]).status).toBe(0);
    expect(run('openssl', ['dgst', '-sha256', '-verify', publicKey, '-signature', signature, data]).status).toBe(0);
  });
});

describe('ssh-keygen', () => {
  const keys = Object.entries(clusters['ec-p256'].secrets.sshHostKeys);

  it.each(keys)('derives the public key of %s from the private', (machine, { privateKey, publicKey }) => {
    const path = put('ssh_host_ed25519_key', privateKey);
    expect(run('ssh-keygen', ['-y', '-f', path]).stdout.trim()).toBe(publicKey);
    const listed = run('ssh-keygen', ['-l', '-f', put('ssh_host_ed25519_key.pub', `${publicKey}\n`)]);
    expect(listed.stdout).toMatch(new RegExp(`^256 SHA256:\\S+ ${machine.replaceAll('.', '\\.')} \\(ED25519\\)`));
  });

  it('signs with the private key what the public key accepts', () => {
    const [[machine, { privateKey, publicKey }] = ['', { privateKey: '', publicKey: '' }]] = keys;
    const path = put('sign_key', privateKey);
    const signed = run('ssh-keygen', ['-Y', 'sign', '-n', 'file', '-f', path, put('message', 'hello')]);
    expect(signed.status, signed.output).toBe(0);
    const signers = put('signers', `${machine} ${publicKey}\n`);
    const check = ['-Y', 'verify', '-n', 'file', '-I', machine, '-f', signers, '-s', join(dir, 'message.sig')];
    expect(run('ssh-keygen', check, 'hello').output).toContain('Good "file" signature');
  });
});

describe('age', () => {
  const { secrets } = clusters['ec-p256'];
  const identityFile = () => join(dir, 'identity.txt');
  beforeAll(() => {
    expect(run('age-keygen', ['-o', identityFile()]).status).toBe(0);
  });
  const recipient = () => run('age-keygen', ['-y', identityFile()]).stdout.trim();
  const folder = () => mkdtempSync(join(dir, 'cluster-'));

  it('opens what we encrypted for a recipient', async () => {
    const home = folder();
    await saveSecrets(home, secrets, { mode: 'recipients', recipients: [recipient()] });
    const opened = run('age', ['-d', '-i', identityFile(), join(home, 'secrets.json.age')]);
    expect(JSON.parse(opened.stdout).secrets.clusterId).toBe(secrets.clusterId);
  });

  it.each([['-a'], ['-R']])('writes what we open (age %s)', async (flag) => {
    const home = folder();
    await saveSecrets(home, secrets, { mode: 'plain' });
    const target = ['-o', join(home, 'secrets.json.age')];
    const armor = flag === '-a' ? ['-a', '-r', recipient()] : ['-R', put('recipients', `${recipient()}\n`)];
    expect(run('age', ['-e', ...armor, ...target, join(home, 'secrets.json')]).status).toBe(0);
    rmSync(join(home, 'secrets.json'));
    const stored = await loadSecrets(home, { identityFiles: [identityFile()] });
    expect(stored?.secrets).toEqual(secrets);
  });

  // age takes a passphrase from a terminal only; script(1) gives it one.
  const onTerminal = (command: string, lines: string[]) =>
    run('script', ['-qec', command, '/dev/null'], lines.map((line) => `${line}\n`).join(''));

  it('opens what we encrypted with a passphrase', async () => {
    const home = folder();
    await saveSecrets(home, secrets, { mode: 'passphrase', passphrase: 'correct horse', workFactor: 15 });
    const plain = join(home, 'plain.json');
    const { output } = onTerminal(`age -d -o ${plain} ${join(home, 'secrets.json.age')}`, ['correct horse']);
    expect(JSON.parse(readFileSync(plain, 'utf8')).secrets.clusterId, output).toBe(secrets.clusterId);
  });

  it('writes with a passphrase what we open', async () => {
    const home = folder();
    await saveSecrets(home, secrets, { mode: 'plain' });
    const encrypt = `age -e -p -o ${join(home, 'secrets.json.age')} ${join(home, 'secrets.json')}`;
    const { output } = onTerminal(encrypt, ['correct horse', 'correct horse']);
    rmSync(join(home, 'secrets.json'));
    const stored = await loadSecrets(home, { passphrase: async () => 'correct horse' });
    expect(stored?.secrets, output).toEqual(secrets);
  });
});
