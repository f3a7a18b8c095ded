import { X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSecrets, saveSecrets } from '../../src/secrets/index.js';
import { LabCluster, must } from './support/lab-cluster.js';
import { pod, service } from './support/objects.js';
import { labBundle } from './support/programs.js';
import { scanPorts } from './support/scan.js';
import { until } from './support/until.js';

/** How long the kubelet's renewed certificate lives. */
const RENEWED_HOURS = 200;
const INVENTORY = `apiVersion: ironkeel.dev/v1alpha1
kind: Cluster
name: drives
sshKeys: [{file: ../.ssh/id_ed25519.pub}]
addons: {metricsServer: false}
kubernetes: {controllerManager: {flags: {cluster-signing-duration: ${RENEWED_HOURS}h}}}
machines:
  - {name: controller, ip: 10.10.10.1, role: controller}
  - {name: worker, ip: 10.10.10.2}
  - {name: edge, ip: 123.234.234.123, role: edge}
`;
const ADDRESSES = { controller: '10.10.10.1', worker: '10.10.10.2', edge: '123.234.234.123' } as const;
type MachineName = keyof typeof ADDRESSES;
const MACHINES = Object.keys(ADDRESSES) as MachineName[];

const NODE_PORT = 30080;
const RECIPE = 'four-parts-flour-one-part-salt';
const KUBELET_PKI = '/var/lib/kubelet/pki';

// One story, in order: each test starts from what the one before it left.
describe('machines and their drives', () => {
  let cluster: LabCluster;
  beforeAll(() => {
    cluster = new LabCluster(labBundle());
    cluster.inventory(INVENTORY);
  });
  afterAll(() => cluster?.leave());

  it('become a cluster', () => {
    cluster.buildAndPowerOn();
    copyFileSync(driveOf('controller'), join(cluster.home, 'first.iso'));
    cluster.waitReady('8m');
  });

  it('write no secret to the disk as it is', () => {
    const metadata = { name: 'recipe', namespace: 'default' };
    cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { bread: RECIPE } });
    cluster.kubectl('get', '--raw', '/api/v1/namespaces/default/secrets/recipe');
    const stored = etcdctl('get', '--print-value-only', '/registry/secrets/default/recipe');
    expect(stored).toMatch(/^k8s:enc:secretbox:v1:/);
    expect(stored).not.toContain(RECIPE);
    // Nor do etcd's own files have it, or the log of who asked for what. It is told apart from what is not there.
    const places = ['/var/lib/etcd', '/var/log/kubernetes'];
    const search = (text: string) => on('controller', `grep -rlaF -e ${text} -e ${btoa(text)} ${places.join(' ')}`);
    expect(must(search('recipe'))).toContain('/var/lib/etcd');
    expect(search(RECIPE)).toMatchObject({ status: 1, stdout: '' });
  });

  it('tell the anonymous whether they are well, and nothing else', () => {
    for (const path of ['/livez', '/readyz', '/healthz']) expect(answer(`6443${path}`), path).toBe('200');
    const closed = ['/', '/api', '/apis', '/version', '/metrics', '/openapi/v2', '/api/v1/nodes', '/livez/ping'];
    for (const path of closed) expect(answer(`6443${path}`), path).toMatch(/^40[13]$/);
    // From where the firewall lets one through.
    for (const path of ['/pods', '/metrics', '/logs/', '/runningpods/']) {
      expect(
        answer(`10250${path}`, 'worker', (...curl) => cluster.onMachine('controller', ...curl)),
        path,
      ).toBe('401');
    }
    const etcd = cluster.onMachine('controller', 'curl', '-ks', '--max-time', '10', 'https://127.0.0.1:2379/version');
    expect(etcd.status, etcd.stdout).not.toBe(0);
  });

  it('show a scan the documented ports and no other', async () => {
    cluster.apply(pod('two', { node: 'worker' }), service('two', NODE_PORT));
    cluster.kubectl('wait', '--for=condition=Ready', 'pod/two', '--timeout=120s');
    const nodePort = `http://${ADDRESSES.worker}:${NODE_PORT}/`;
    await until(60, 'the NodePort', () => must(cluster.fromLan('curl', '-s', '--max-time', '5', nodePort)));
    // docs/reference/ports.md.
    expect(scan('client')).toEqual({
      controller: { open: [22, 6443], closed: [] },
      worker: { open: [22], closed: [] },
      edge: { open: [80, 443], closed: [] },
    });
    expect(scan('lan')).toEqual({
      controller: { open: [22, 6443, NODE_PORT], closed: [] },
      worker: { open: [22, NODE_PORT], closed: [] },
      edge: { open: [22, 80, 443], closed: [] },
    });
  });

  it('change nothing when they are asked again while they run', () => {
    for (const machine of MACHINES) {
      const before = running(machine);
      expect(before.containers.length).toBeGreaterThan(1);
      must(on(machine, 'systemctl restart user-configdrive ironkeel-adopt ironkeel-install'));
      expect(running(machine), machine).toEqual(before);
      expect(adopted(machine), machine).toMatchObject({ applied: '1', ready: 'yes' });
    }
  });

  it('boot again with the drive attached: nothing is adopted, fetched or restarted', async () => {
    await restart(...MACHINES);
    for (const machine of MACHINES) {
      expect(journal(machine, 'ironkeel-adopt'), machine).not.toMatch(/generation|warning/);
      expect(journal(machine, 'ironkeel-install'), machine).toBe('ironkeel-install: everything is installed');
      const starts = must(on(machine, 'systemctl show --property=NRestarts --value containerd kubelet'));
      expect(starts.split('\n').filter(Boolean), machine).toEqual(['0', '0']);
    }
  });

  it('adopt a newer drive at the next boot', async () => {
    const before = served();
    await loseCertificate('controller/apiserver');
    cluster.ironkeel('build');
    expect(served()).toBe(before);
    await restart('controller');
    expect(adopted('controller')).toMatchObject({ applied: '2', ready: 'yes' });
    expect(journal('controller', 'ironkeel-adopt')).toContain('generation 2 is adopted');
    const file = join(cluster.folder, 'inventory/node-controller/ssl/apiserver.pem');
    expect(served()).toBe(new X509Certificate(readFileSync(file)).serialNumber);
    expect(served()).not.toBe(before);
  });

  it('do not adopt an older one', async () => {
    const before = served();
    const newer = join(cluster.home, 'newer.iso');
    copyFileSync(driveOf('controller'), newer);
    copyFileSync(join(cluster.home, 'first.iso'), driveOf('controller'));
    await restart('controller');
    expect(adopted('controller')).toMatchObject({ applied: '2', ready: 'yes' });
    expect(journal('controller', 'ironkeel-adopt')).toMatch(/generation 1.* older than 2/);
    expect(served()).toBe(before);
    copyFileSync(newer, driveOf('controller'));
  });

  it('keep the kubelet’s renewed certificate, whatever the drive has', async () => {
    const seed = serialOf('worker', '/etc/kubernetes/pki/kubelet-client-seed.pem');
    const old = giveAgedCertificate('worker');
    const renewed = await until(240, 'the renewal', () => {
      const now = serialOf('worker', `${KUBELET_PKI}/kubelet-client-current.pem`);
      return now === old ? undefined : now;
    });
    expect(renewed).not.toBe(seed);
    await restart('worker');
    expect(serialOf('worker', `${KUBELET_PKI}/kubelet-client-current.pem`)).toBe(renewed);
    expect(serialOf('worker', '/etc/kubernetes/pki/kubelet-client-seed.pem')).toBe(seed);
    // What the kubelet itself says it uses; the drive's would live for a year.
    const metrics = cluster.kubectl('get', '--raw', '/api/v1/nodes/worker/proxy/metrics');
    const [, ttl = ''] = /^kubelet_certificate_manager_client_ttl_seconds (\S+)$/m.exec(metrics) ?? [];
    expect(Number(ttl)).toBeGreaterThan(RENEWED_HOURS * 3600 - 1800);
    expect(Number(ttl)).toBeLessThanOrEqual(RENEWED_HOURS * 3600);
  });

  function driveOf(machine: MachineName): string {
    return join(cluster.folder, `inventory/node-${machine}/config.iso`);
  }

  function on(machine: MachineName, script: string) {
    return cluster.onMachine(machine, 'bash', '-c', `PATH=/opt/bin:$PATH; ${script}`);
  }

  function journal(machine: MachineName, unit: string): string {
    return must(on(machine, `journalctl --boot --quiet --output=cat --no-pager _SYSTEMD_UNIT=${unit}.service`)).trim();
  }

  /** What `ironkeel-adopt --status` says: a word and its value. */
  function adopted(machine: MachineName): Record<string, string> {
    const lines = must(on(machine, 'bash /opt/bin/ironkeel-adopt --status')).trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split(' ', 2)));
  }

  function etcdctl(...args: readonly string[]): string {
    const pki = '/etc/kubernetes/pki/etcd';
    const certificate = `--cert=${pki}/healthcheck-client.pem --key=${pki}/healthcheck-client-key.pem`;
    return must(on('controller', `etcdctl --cacert=${pki}/ca.pem ${certificate} ${args.join(' ')}`));
  }

  /** Ids of the running containers, and of the processes that run them. */
  function running(machine: MachineName): { readonly containers: readonly string[]; readonly services: string } {
    const containers = must(on(machine, 'crictl ps --quiet --no-trunc')).trim().split('\n').sort();
    const services = must(on(machine, 'systemctl show --property=MainPID,ExecMainStartTimestamp kubelet containerd'));
    return { containers, services };
  }

  /** Reboots machines and waits until everything is Ready in their new boot. */
  async function restart(...machines: readonly MachineName[]): Promise<void> {
    const boot = (machine: MachineName) => must(on(machine, 'cat /proc/sys/kernel/random/boot_id'));
    const before = machines.map(boot);
    cluster.ironkeel('lab', 'reboot', ...machines);
    for (const [i, machine] of machines.entries()) {
      await until(180, `${machine} to boot`, () => (boot(machine) === before[i] ? undefined : true));
    }
    cluster.waitReady('8m');
  }

  /** What a client without a name gets, as HTTP's status. */
  function answer(
    portAndPath: string,
    machine: MachineName = 'controller',
    run = (...command: readonly string[]) => cluster.fromLan(...command),
  ): string {
    const url = `https://${ADDRESSES[machine]}:${portAndPath}`;
    return must(run('curl', '-ks', '-o', '/dev/null', '--max-time', '20', '-w', '%{http_code}', url));
  }

  /** Serial number of the API server's certificate, as a client sees it. */
  function served(): string {
    const server = `${ADDRESSES.controller}:6443`;
    // Text around the certificate does not matter.
    return new X509Certificate(must(cluster.fromLan('openssl', 's_client', '-connect', server))).serialNumber;
  }

  /** Every TCP port of every machine, asked from there. */
  function scan(from: 'client' | 'lan'): Record<string, { readonly open: number[]; readonly closed: number[] }> {
    const lines = scanPorts(cluster, from, Object.values(ADDRESSES)).split('\n');
    const ports = (machine: MachineName, state: string) => {
      const line = lines.find((each) => each.startsWith(`Host: ${ADDRESSES[machine]} `) && each.includes('Ports:'));
      return [...(line ?? '').matchAll(/(\d+)\/(\w+)\/tcp/g)].filter((match) => match[2] === state).map(portOf);
    };
    return Object.fromEntries(
      MACHINES.map((name) => [name, { open: ports(name, 'open'), closed: ports(name, 'closed') }]),
    );
  }

  /** As if it had come near its end: the next build issues it anew. */
  async function loseCertificate(id: string): Promise<void> {
    const stored = await loadSecrets(cluster.folder);
    if (stored?.secrets.issued[id] === undefined) throw new Error(`there is no certificate ${id}`);
    const { [id]: _, ...issued } = stored.secrets.issued;
    await saveSecrets(cluster.folder, { ...stored.secrets, issued }, stored.storage);
  }

  function certificateOf(machine: MachineName, path: string): X509Certificate {
    return new X509Certificate(must(on(machine, `openssl x509 -in ${path}`)));
  }

  function serialOf(machine: MachineName, path: string): string {
    return certificateOf(machine, path).serialNumber;
  }

  /** A certificate of the kubelet's that has an hour left of a day, as it is after months: the kubelet renews it. */
  function giveAgedCertificate(machine: MachineName): string {
    const pem = agedCertificate(machine);
    const path = `${KUBELET_PKI}/kubelet-client-aged.pem`;
    const place = `umask 077; echo ${btoa(pem)} | base64 -d >${path}; ln -sfn ${path} ${KUBELET_PKI}/kubelet-client-current.pem`;
    must(on(machine, `${place}; systemctl restart kubelet`));
    return new X509Certificate(pem).serialNumber;
  }

  function agedCertificate(machine: MachineName): string {
    const file = (name: string) => join(cluster.home, name);
    const openssl = (...args: readonly string[]) => must(cluster.run('openssl', ...args));
    const subject = `/O=system:nodes/CN=system:node:${machine}`;
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('aged-key.pem')];
    openssl('req', '-new', ...key, '-subj', subject, '-out', file('aged.csr'));
    writeFileSync(file('index.txt'), '');
    writeFileSync(file('ca.cnf'), CA_SETTINGS);
    const authority = ['-cert', join(cluster.folder, 'ssl/ca.pem'), '-keyfile', join(cluster.folder, 'ssl/ca-key.pem')];
    const days = ['-startdate', asn1Time(-23), '-enddate', asn1Time(1)];
    const options = ['-config', file('ca.cnf'), '-batch', '-notext', '-preserveDN', '-outdir', cluster.home];
    openssl('ca', ...options, ...authority, ...days, '-in', file('aged.csr'), '-out', file('aged.pem'));
    return readFileSync(file('aged.pem'), 'utf8') + readFileSync(file('aged-key.pem'), 'utf8');
  }
});

// `openssl ca` runs in the cluster's folder; its list of what it issued is beside it.
const CA_SETTINGS = `[ca]
default_ca = authority
[authority]
database = ../index.txt
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = client
[any]
organizationName = supplied
commonName = supplied
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
`;

/** So many hours from now. */
function asn1Time(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString().replace(/[-:T]|\.\d+/g, '');
}

function portOf(match: RegExpMatchArray): number {
  return Number(match[1]);
}
