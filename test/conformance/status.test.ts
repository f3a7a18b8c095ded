import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SshOptions, systemSsh } from '../../src/diagnose/index.js';
import { probeMachine } from '../../src/diagnose/machine-probe.js';
import { type MachineReport, parseProbe } from '../../src/diagnose/probe-report.js';
import { FIRST, SECOND } from '../../src/host/testing/generations.js';
import { writeBelow } from '../../src/host/testing/payload.js';
import { ScratchMachine } from '../../src/host/testing/scratch-machine.js';
import { CannedCluster } from './status/canned-cluster.js';
import { freePort, SshServer } from './status/ssh-server.js';
import { mustRun } from './support/run.js';

const PROBE = fileURLToPath(new URL('../../src/diagnose/probe.sh', import.meta.url));

test('the probe passes shellcheck', async () => {
  await mustRun('shellcheck', [PROBE]);
});

describe('the probe in a scratch root', () => {
  let machine: ScratchMachine;
  beforeEach(() => {
    machine = new ScratchMachine();
    writeBelow(join(machine.root, 'proc/sys/kernel/random/boot_id'), 'boot-1\n');
    machine.stub('systemctl', `cat ${machine.home}/units`);
    machine.stub('journalctl', `[[ $* == *unit=kubelet.service* ]] && cat ${machine.home}/kubelet.log`);
    writeFileSync(join(machine.home, 'units'), UNITS);
    writeFileSync(join(machine.home, 'kubelet.log'), KUBELET_LOG);
  });
  afterEach(() => machine.dispose());

  async function probe(setup = ''): Promise<MachineReport> {
    const { said } = await machine.run(PROBE, [], {}, setup);
    const report = parseProbe(said);
    if (report === undefined) throw new Error(`no report: ${said}`);
    return report;
  }

  test('finds nothing on a machine that has nothing', async () => {
    const report = await probe();
    expect(report).toMatchObject({ bootId: 'boot-1', root: true, etcd: undefined, installStatus: undefined });
    expect(report.adoption).toEqual({
      applied: undefined,
      digest: undefined,
      adopting: undefined,
      ready: false,
      incoming: [],
    });
    expect(Math.abs(report.time - Date.now())).toBeLessThan(60_000);
  });

  test('reads what the programs of the machine leave', async () => {
    machine.offer(FIRST);
    machine.stub('systemctl', 'true');
    expect((await machine.run(machine.adoptProgram)).status).toBe(0);
    machine.stub('systemctl', `cat ${machine.home}/units`);
    machine.offer(SECOND);
    writeBelow(join(machine.root, 'opt/bin/ironkeel-adopt'), readFileSync(machine.adoptProgram, 'utf8'));
    writeBelow(join(machine.root, 'run/ironkeel/install-status'), 'downloading kubelet 1.36.4: 40 %, 20 of 50 MB\n');
    writeBelow(join(machine.root, 'run/ironkeel/etcd-status'), 'stopped: it is empty. Restore it\n');
    const report = await probe();
    expect(report.adoption).toMatchObject({ applied: 1, ready: true, incoming: ['1', '2'] });
    expect(report.adoption.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(report.installStatus).toBe('downloading kubelet 1.36.4: 40 %, 20 of 50 MB');
    expect(report.etcdStatus).toEqual(['stopped: it is empty. Restore it']);
    expect([...report.units.keys()]).toEqual(['containerd', 'kubelet']);
    expect(report.units.get('kubelet')).toMatchObject({ active: 'activating', sub: 'auto-restart', restarts: 7 });
    expect(report.journals.get('kubelet')).toEqual([
      'E1122 12:00:01.000000    1234 run.go:72] "command failed" err="no"',
    ]);
    expect(report.disk?.size).toBeGreaterThan(0);
  });

  test('asks etcd with the certificate that is for it', async () => {
    const pki = join(machine.root, 'etc/kubernetes/pki/etcd');
    for (const name of ['ca', 'healthcheck-client', 'healthcheck-client-key'])
      writeBelow(join(pki, `${name}.pem`), name);
    machine.stub(
      'etcdctl',
      `[[ $* == *--key=${pki}/healthcheck-client-key.pem* ]] || exit 1
       if [[ $* == *health ]]; then echo '[{"endpoint":"e","health":true}]'; exit; fi
       echo '[{"Endpoint":"e","Status":{"header":{"cluster_id":1,"member_id":2},"version":"3.6.14","leader":2}}]'`,
    );
    expect((await probe()).etcd).toMatchObject({ healthy: true, isLeader: true, clusterId: '1', version: '3.6.14' });
  });

  test('asks every member of an etcd that is the user’s own, by the API server’s certificate', async () => {
    const own = join(machine.root, 'etc/kubernetes/pki/etcd-external');
    for (const name of ['ca', 'client', 'client-key']) writeBelow(join(own, `${name}.pem`), name);
    const pod = 'spec:\n  containers:\n    - command:\n        - --etcd-servers=https://a:2379,https://b:2379\n';
    writeBelow(join(machine.root, 'etc/kubernetes/manifests/kube-apiserver.yaml'), pod);
    machine.stub(
      'etcdctl',
      `[[ $* == *--endpoints=https://a:2379,https://b:2379*--key=${own}/client-key.pem* ]] || exit 1
       echo '{"target":"etcd-endpoints://0x1/b:2379","error":"desc = \\"dial tcp 10.0.0.1:2379: connect: connection refused\\""}' >&2
       echo '[{"endpoint":"https://a:2379","health":true},{"endpoint":"https://b:2379","health":false}]'; exit 1`,
    );
    const { etcd, externalEtcd } = await probe();
    expect(etcd).toBeUndefined();
    expect(externalEtcd).toEqual([
      { endpoint: 'https://a:2379', healthy: true },
      { endpoint: 'https://b:2379', healthy: false, reason: 'it refuses the connection' },
    ]);
  });

  test('says what it may not see', () => {
    // A user of no importance on this very system, sudo or not.
    const { stdout, status } = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'bash', '-s'], {
      input: readFileSync(PROBE),
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    expect(status).toBe(0);
    expect(parseProbe(stdout)).toMatchObject({ root: false, adoption: { ready: false } });
  });
});

describe('the system’s ssh', () => {
  let server: SshServer;
  beforeAll(async () => {
    server = await SshServer.start();
  });
  afterAll(() => server.stop());

  function ask(options: Partial<SshOptions> = {}, signal?: AbortSignal) {
    const ssh = systemSsh({
      knownHosts: server.knownHosts('worker1'),
      identities: [server.identity],
      identitiesOnly: true,
      port: server.port,
      connectTimeout: 2,
      configFile: '/dev/null',
      ...options,
    });
    return probeMachine([{ name: 'worker1', address: '127.0.0.1', user: 'root' }], ssh, Date.now, signal);
  }

  test('brings the answer of a machine with the right host key', async () => {
    const { report, failure, clockSkew } = await ask();
    expect(failure).toBeUndefined();
    expect(report).toMatchObject({ root: true });
    expect(clockSkew).toBe(0);
  });

  test('takes the host key of another machine for what it is, and learns nothing', async () => {
    const knownHosts = server.knownHosts('worker1', server.otherHostKey);
    const before = readFileSync(knownHosts, 'utf8');
    expect((await ask({ knownHosts })).failure?.code).toBe('host-key-mismatch');
    expect((await ask({ knownHosts: server.knownHosts('worker2') })).failure?.code).toBe('host-key-mismatch');
    expect(readFileSync(knownHosts, 'utf8')).toBe(before);
  });

  test('that is denied says so', async () => {
    const { failure } = await ask({ identities: [server.otherIdentity] });
    expect(failure?.message).toContain('permission denied (publickey): root@127.0.0.1');
  });

  test('finds nobody where nobody listens', async () => {
    expect((await ask({ port: await freePort() })).failure?.code).toBe('ssh-refused');
  });

  test('does not wait for one that takes the connection and is silent', async () => {
    const sockets: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => sockets.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = sockets.address() as { port: number };
      expect((await ask({ port })).failure?.code).toBe('no-answer');
    } finally {
      sockets.close();
    }
  });

  test('gives up one that does not end, and ends at once when told', async () => {
    const slow = { identities: [server.slowIdentity] };
    expect((await ask({ ...slow, deadline: 1_500 })).failure?.code).toBe('no-end');
    expect((await ask(slow, AbortSignal.timeout(1_000))).report).toBeUndefined();
  });
});

// What the command makes of answers: recorded ones, in a network of its own where nothing else is. Whether real
// machines give such answers is seen in the lab.
describe('ironkeel status and wait', () => {
  let cluster: CannedCluster;
  beforeAll(async () => {
    cluster = await CannedCluster.make();
  });
  afterAll(() => cluster.remove());

  test('wait ends when all is Ready, and records it once', async () => {
    const first = await cluster.run('wait --timeout 60s');
    expect(first.output).toContain('worker1: Ready\n');
    expect(first.output).toContain('guide (Kubernetes 1.36.4): everything is Ready\n');
    expect(first.output).toContain('`ironkeel build` now renders drives that refuse to start an empty etcd\n');
    expect(first.code, first.output).toBe(0);
    expect(cluster.lock()).toMatchObject({ bringUp: { kubeSystemUid: cluster.uid } });
    const again = await cluster.run('wait --timeout 60s');
    expect(again.output).not.toContain('recorded');
    expect(again.code).toBe(0);
  });

  test('status ends with 0 when everything is Ready, and prints one document', async () => {
    const text = await cluster.run('status');
    expect(text.code, text.output).toBe(0);
    expect(text.output).toMatch(/^worker2 +yes +1 +yes +yes +yes +yes +yes$/m);
    const { code, output } = await cluster.run('status --output json');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ ok: true, ready: true, confirmed: true, findings: [], problems: [] });
  });

  test('another cluster at the same address is an alarm', async () => {
    const { code, output } = await cluster.run('status', { uid: '1d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d' });
    expect(code).toBe(1);
    expect(output).toContain('error: cluster: this is not the cluster you built');
  });

  test('wait records a cluster that was begun anew only when told', async () => {
    const uid = '2d9b7c1a-2f3e-4a5b-8c6d-7e8f9a0b1c2d';
    expect((await cluster.run('wait --timeout 4s', { uid })).code).toBe(1);
    const { code, output } = await cluster.run('wait --timeout 60s --begun-anew', { uid });
    expect(code, output).toBe(0);
    expect(cluster.lock()).toMatchObject({ bringUp: { kubeSystemUid: uid } });
    expect((await cluster.run('wait --timeout 60s --begun-anew')).code).toBe(0);
    expect(cluster.lock()).toMatchObject({ bringUp: { kubeSystemUid: cluster.uid } });
  });

  test('wait gives up with the reasons, but not on the API', async () => {
    const broken = { worker2: 'install-status downloading kubelet 1.36.4: 40 %, 20 of 50 MB' };
    const { code, output } = await cluster.run('wait --timeout 4s', { broken });
    expect(code).toBe(1);
    expect(output).toContain('worker2: downloading kubelet 1.36.4, 40 %\n');
    expect(output).toContain('not everything is Ready after 4 s');
    expect((await cluster.run('wait --timeout 60s --for api', { broken })).code).toBe(0);
  });

  test('on a terminal the table is drawn in place until Ctrl-C', async () => {
    const { code, output } = await cluster.run('status --watch', { terminal: true, interruptAfter: 6 });
    expect(code, output).toBe(130);
    expect(output).toContain('everything is Ready');
    expect(output).toContain('A\rguide (Kubernetes 1.36.4): everything is Ready');
  });

  test.each([
    ['status --watch --output json', '--watch has no end'],
    ['wait --timeout soon', 'soon is no time'],
    ['wait --timeout 0s', '0s is no time'],
    ['wait --begun-anew --for api', '--for api records none'],
    ['status --identity nowhere', 'cannot read the SSH key'],
    ['status -C ..', 'there is no such file'],
  ])('%s is refused', async (words, message) => {
    const { code, output } = await cluster.run(words);
    expect(output).toContain(message);
    expect(code).toBe(2);
  });
});

const UNITS = `Id=containerd.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
NRestarts=0

Result=exit-code
NRestarts=7
Id=kubelet.service
LoadState=loaded
ActiveState=activating
SubState=auto-restart

Id=ironkeel-apply.service
LoadState=not-found
ActiveState=inactive
SubState=dead
`;

const KUBELET_LOG = `I1122 12:00:00.000000    1234 server.go:1] "Starting"
E1122 12:00:01.000000    1234 run.go:72] "command failed" err="no"
`;
