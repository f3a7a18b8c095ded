import { describe, expect, it } from 'vitest';
import type { Problem } from '../support/problem.js';
import { formatProblem } from '../support/report.js';
import { exampleInventory, parseInventory } from './index.js';
import { type Case, CLUSTER_CASES, GUIDE, MACHINE_CASES, SHAPE_CASES, YAML_CASES } from './testing/cases.js';
import { PUBLIC_KEY, testContext } from './testing/context.js';
import { SETTING_CASES, SETTING_SHAPE_CASES, SETTINGS } from './testing/setting-cases.js';

const context = testContext();
const parse = (text: string) => parseInventory(text, 'cluster.yaml', context);
const brief = ({ code, severity, source }: Problem) =>
  `${code}${severity === 'warning' ? '?' : ''} ${source?.line}:${source?.column}`;

function checkCase(text: string, found: readonly string[]) {
  const { cluster, problems } = parse(text);
  expect(problems.map(brief)).toEqual(found);
  expect(cluster === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  for (const { message, remedy } of problems) {
    expect(message).not.toMatch(/\.$|undefined|\[object/);
    expect(remedy).toMatch(/\S/);
    expect(remedy).not.toMatch(/undefined|\[object/);
  }
}

describe.each<readonly [string, readonly Case[]]>([
  ['the text', YAML_CASES],
  ['the shape', SHAPE_CASES],
  ['the cluster', CLUSTER_CASES],
  ['the shape of a setting', SETTING_SHAPE_CASES],
  ['a setting', SETTING_CASES],
  ['a machine', MACHINE_CASES],
])('problems of %s', (_group, cases) => {
  it.each(cases)('%s', (_title, text, found) => checkCase(text, found));
});

describe('parseInventory', () => {
  it('fills in the defaults of the minimal inventory', () => {
    const { cluster, problems } = parse(GUIDE);
    expect(problems).toEqual([]);
    expect(cluster).toMatchSnapshot();
    expect(parse(exampleInventory('guide')).cluster).toEqual(cluster);
  });

  it('keeps everything that is given', () => {
    const { cluster, problems } = parse(FULL);
    expect(problems.map(brief)).toEqual([]);
    expect(cluster).toMatchSnapshot();
  });

  it('keeps every setting of the software', () => {
    const { cluster, problems } = parse(SETTINGS);
    expect(problems.map(brief)).toEqual([]);
    const { components, cni, schedulableControllers, addons, firewall, ingress, preload } = cluster ?? {};
    expect({ components, cni, schedulableControllers, addons, firewall, ingress, preload }).toMatchSnapshot();
  });

  it('lets pods onto controllers where there is nothing else', () => {
    const alone = GUIDE.slice(0, GUIDE.indexOf('  - {name: worker1'));
    expect(parse(alone).cluster?.schedulableControllers).toBe(true);
    expect(parse(GUIDE).cluster?.schedulableControllers).toBe(false);
    expect(parse(`${alone}controlPlane: {schedulable: false}\n`).cluster?.schedulableControllers).toBe(false);
  });

  it('finds problems of every kind in one go', () => {
    const text = GUIDE.replace('role: edge', 'rol: edge')
      .replace('10.10.10.3', '010.10.10.3')
      .replace('Cluster', 'Clutser');
    expect(parse(`${text}vlan: 7\n`).problems.map(brief)).toEqual([
      'unknown-value 2:7',
      'bad-ip 9:25',
      'unknown-field 10:46',
      'coming-field 11:1',
    ]);
  });

  it.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['no last line break', (text: string) => text.trimEnd()],
    [
      'JSON',
      () =>
        JSON.stringify({
          apiVersion: 'ironkeel.dev/v1alpha1',
          kind: 'Cluster',
          name: 'g',
          sshKeys: [PUBLIC_KEY],
          machines: [{ name: 'c', ip: '10.1.1.1', role: 'controller' }],
        }),
    ],
    [
      'aliases',
      (text: string) =>
        text
          .replace('[{name: example.com}]', '[{name: &n example.com}]')
          .replace('{name: example.com, ip', '{name: *n, ip'),
    ],
  ])('reads %s', (_title, change) => {
    expect(parse(change(GUIDE)).problems).toEqual([]);
  });

  it('points at the same place with CRLF and a byte order mark', () => {
    const spoilt = GUIDE.replace('10.10.10.3', '10.10.10.2');
    const [plain] = parse(spoilt).problems;
    expect(parse(`\ufeff${spoilt.replaceAll('\n', '\r\n')}`).problems).toEqual([plain]);
  });

  it('reads 1,000 machines that share an alias', () => {
    const more = Array.from(
      { length: 996 },
      (_, index) =>
        `  - {name: w${index}, mac: "52:54:00:00:${hex(index >> 8)}:${hex(index & 255)}", network: {address: 10.20.${index >> 8}.${index & 255}/15, dns: *dns}}\n`,
    );
    const text = GUIDE.replace('kind:', 'ntp: &dns [9.9.9.9, 1.1.1.1]\nnetwork: {pods: 10.128.0.0/12}\nkind:');
    const { cluster, problems } = parse(text + more.join(''));
    expect(problems.map(brief)).toEqual(['unusable-address 13:61']);
    expect(cluster).toBeUndefined();
    expect(parse(text + more.slice(1).join('')).cluster?.machines).toHaveLength(999);
  });

  it('takes a version that is pinned, and names the command for one that is not', () => {
    const version = (text: string) => parse(field(GUIDE, `kubernetes: {version: "${text}"}`));
    expect(version('1.37.1').cluster?.kubernetes.version).toBe('1.37.1');
    const [problem] = version('1.36.5').problems;
    expect(problem).toMatchObject({
      message: 'the catalogue has no checksums of Kubernetes 1.36.5, and ironkeel.lock pins none',
      remedy: expect.stringContaining('ironkeel bundle'),
    });
    // What its flags are is known before it is pinned.
    const wrong = 'kubernetes: {version: "1.36.5", apiServer: {flags: {no-such-flag: 1}}}';
    expect(parse(field(GUIDE, wrong)).problems.map(({ code }) => code)).toEqual(['unpinned-version', 'unknown-option']);
  });

  it('finds 1,000 duplicates without comparing each with each', () => {
    const text = GUIDE + '  - {name: twin, ip: 10.9.9.9}\n'.repeat(4_000);
    expect(parse(text).problems.filter(({ code }) => code === 'duplicate-ip')).toHaveLength(3_999);
  });

  it('shows problems as people read them', () => {
    const text = field(
      GUIDE.replace('worker2', 'worker1').replace('role: edge', 'role: egde'),
      'kubernetes: {version: 1.20}',
    );
    const shown = parse(text).problems.map((problem) => formatProblem(problem, { color: false }));
    expect(shown.join('\n\n')).toMatchSnapshot();
  });
});

describe('private keys', () => {
  const body = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB';
  const armoured = `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----`;

  it.each([
    ['a block', GUIDE.replace('[{file: id.pub}]', `\n  - |\n    ${armoured.replaceAll('\n', '\n    ')}`)],
    ['quotes', GUIDE.replace('{file: id.pub}', JSON.stringify(armoured))],
    ['bare base64', GUIDE.replace('{file: id.pub}', body)],
    ['broken YAML', GUIDE.replace('[{file: id.pub}]', `\n  - ${armoured}`)],
  ])('are refused and not shown: %s', (_title, text) => {
    const { cluster, problems } = parse(text);
    expect(cluster).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(body.slice(0, 12));
    expect(problems.map((problem) => formatProblem(problem, { color: false })).join()).not.toContain(body.slice(0, 12));
  });

  it('are refused in a key file', () => {
    const { problems } = parseInventory(GUIDE, 'cluster.yaml', testContext({ 'id.pub': armoured }));
    expect(problems.map(brief)).toEqual(['private-key 4:18']);
    expect(JSON.stringify(problems)).not.toContain(body.slice(0, 12));
  });

  it('passwords of proxies are not shown either', () => {
    const { problems } = parse(field(GUIDE, 'proxy: {http: "http://me:s3cret@proxy.lan:3128/path"}'));
    expect(problems.map(brief)).toEqual(['bad-url 11:15']);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });
});

const field = (text: string, line: string) => `${text}${line}\n`;
const hex = (byte: number) => byte.toString(16).padStart(2, '0');

const FULL = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: full
kubernetes: {version: "1.35.8"}
endpoint: api.example.com:8443
os: {name: flatcar, channel: beta}
sshKeys:
  - ${PUBLIC_KEY}
network: {pods: 10.64.0.0/12, services: 10.96.0.0/16, clusterDomain: k8s.internal}
domains: [{name: example.com, edges: [edge1]}, {name: example.org}]
nodeNames: ip
proxy: {http: "http://u:p@proxy.lan:3128", https: "http://proxy.lan:3128", noProxy: [.lan, 10.0.0.0/8, 192.168.1.1, host.lan]}
ntp: [time.lan, 10.10.10.254]
registries: [{host: docker.io, mirrors: ["https://mirror.lan/docker"]}, {host: "registry.lan:5000", mirrors: ["http://10.10.10.9:5000"]}]
artefactMirror: https://mirror.lan/files/
certificates: {keyType: rsa-4096, caLifetimeDays: 1000, leafLifetimeDays: 30}
machines:
  - name: c1
    ip: 10.10.10.1
    role: controller
    mac: 52-54-00-AA-00-01
    network: {address: 10.10.10.1/24, gateway: 10.10.10.254, dns: [10.10.10.254], mtu: 9000}
  - name: edge1
    ip: 192.168.7.2
    publicAddress: 123.234.234.123
    role: edge
    arch: arm64
    os: {channel: stable}
    installDisk: /dev/disk/by-id/nvme-eui.0123
    labels: {topology.kubernetes.io/zone: a, example.com/rack: "7", empty: ""}
    taints: [gpu=yes:NoSchedule, "a:NoExecute", {key: b, value: c, effect: PreferNoSchedule}]
    files:
      - {path: /etc/motd, content: "hello\\n"}
      - {path: /opt/x, mode: "755", contentFrom: id.pub}
    units:
      - {name: backup.timer, content: "[Timer]\\nOnCalendar=daily\\n", enabled: false}
  - {name: debian, ip: 10.10.10.3, os: debian}
`;
