import { describe, expect, it } from 'vitest';
import type { ApiObservation } from '../api/probe.js';
import {
  allWell,
  apiObservation,
  DIGEST,
  ETCD_WELL,
  expectation,
  node,
  observation,
  pod,
  UID,
  unit,
  withMachines,
  workload,
} from '../testing/world.js';
import { judgeCluster, type Observations } from './cluster.js';

const BUILT = expectation();
const WELL = allWell(BUILT);

/** What a changed worker2 makes of the status: its lines, and whether the rest would be Ready. */
function judgeWorker(...lines: string[]) {
  return judgeCluster(BUILT, withMachines(WELL, { worker2: observation(...lines) }));
}

function said({ findings }: ReturnType<typeof judgeCluster>): string[] {
  return findings.map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`);
}

describe('a cluster where all is well', () => {
  it('is Ready and says nothing', () => {
    const status = judgeCluster(BUILT, WELL);
    expect(said(status)).toEqual([]);
    expect(status).toMatchObject({
      ready: true,
      apiReady: true,
      complete: true,
      kubeSystemUid: UID,
      confirmed: 'unknown',
    });
    expect(status.etcd.summary).toBe('1 of 1 member, led by controller');
    expect(status.controlPlane.summary).toBe('1 of 1 API server');
    expect(status.addons.summary).toBe('2 of 2 ready');
    expect(status.machines[1]).toEqual({
      ...{ name: 'worker1', nodeName: 'worker1', role: 'worker', address: '10.10.10.2', ready: true, reachable: 'yes' },
      generation: { applied: 3, built: 3 },
      ...{ provisioned: 'yes', runtime: 'yes', kubelet: 'yes', registered: 'yes', nodeReady: 'yes' },
      ...{ kubeletVersion: 'v1.36.4', bootId: 'boot-1' },
    });
  });

  it('is nothing of that before anybody has answered', () => {
    const status = judgeCluster(BUILT, { machines: new Map() });
    expect(status).toMatchObject({ ready: false, apiReady: false, complete: false });
    expect(status.machines[0]).toMatchObject({ reachable: 'unknown', kubelet: 'unknown', ready: false });
  });

  it('is confirmed by the kube-system that was recorded, and by no other', () => {
    expect(judgeCluster({ ...BUILT, kubeSystemUid: UID }, WELL)).toMatchObject({ ready: true, confirmed: 'yes' });
    const status = judgeCluster({ ...BUILT, kubeSystemUid: 'another' }, WELL);
    expect(status).toMatchObject({ ready: false, apiReady: false, confirmed: 'no' });
    expect(said(status)).toEqual([
      `error cluster: this is not the cluster you built: its kube-system is ${UID}, and yours was another`,
    ]);
  });
});

describe('a machine', () => {
  it.each([
    [
      ['install-status downloading kubelet 1.36.4: 40 %, 20 of 50 MB'],
      'waiting worker2: downloading kubelet 1.36.4, 40 %',
    ],
    [
      ['install-status downloading kubelet 1.36.4: 12 MB so far'],
      'waiting worker2: downloading kubelet 1.36.4, 12 MB so far',
    ],
    [['install-status importing coredns 1.14.6'], 'waiting worker2: importing coredns 1.14.6'],
    [
      [
        'install-status waiting: kubelet 1.36.4: the download is refused: its SHA-256 should be 1 and is 2. What was installed before stays',
      ],
      'error worker2: kubelet 1.36.4: the download is refused: its SHA-256 should be 1 and is 2. What was installed before stays',
    ],
    [
      [
        'install-status waiting: kubelet 1.36.4: /opt/bin/kubelet cannot be written, 0 MB are free there: make room, the rest goes by itself',
      ],
      'error worker2: kubelet 1.36.4: /opt/bin/kubelet cannot be written, 0 MB are free there: make room, the rest goes by itself',
    ],
    [
      ['install-status waiting: kubelet 1.36.4: no network yet, or dl.k8s.io refuses connections (x)'],
      'waiting worker2: kubelet 1.36.4: no network yet, or dl.k8s.io refuses connections (x)',
    ],
    [['adopt ready no', 'incoming '], 'error worker2: it has no configuration yet: no drive was read'],
    [['adopt ready no'], 'waiting worker2: generation 3 was offered and is not adopted yet'],
    [
      [
        'adopt applied 3',
        `adopt configuration ${DIGEST}`,
        'adopt adopting 4',
        'adopt ready no',
        'journal-adopt ironkeel-adopt: the disk refused',
      ],
      'error worker2: the adoption of generation 4 was cut short; it says: the disk refused',
    ],
    [
      ['adopt applied 3', `adopt configuration ${DIGEST}`, 'adopt ready no'],
      'waiting worker2: ironkeel-adopt has not ended in this boot',
    ],
    [
      [
        ...unit('containerd'),
        ...unit('kubelet', 'activating', 'auto-restart', 'exit-code', 7),
        'journal-kubelet E1122 12:00:00.000000    1234 run.go:72] "command failed" err="no such flag"',
      ],
      'error worker2: kubelet does not stay up (auto-restart, exit-code, started 8 times); it says: "command failed" err="no such flag"',
    ],
    [
      [...unit('containerd', 'inactive', 'dead'), ...unit('kubelet')],
      'waiting worker2: containerd is not running yet (inactive, dead)',
    ],
    [[...unit('kubelet')], 'error worker2: it has no containerd.service'],
    [
      [...unit('containerd'), ...unit('kubelet'), ...unit('ironkeel-firewall', 'failed', 'failed', 'exit-code')],
      'error worker2: its firewall did not start (exit-code)',
    ],
    [['disk 1000000 60000000000'], 'error worker2: its disk is full: 0 MiB of 56 GiB are free on /var'],
    [['boot-id boot-2'], 'waiting worker2: its kubelet has not reported since the machine started'],
    [
      ['adopt applied 4', 'adopt configuration x', 'adopt ready yes'],
      'error worker2: it runs generation 4, and ironkeel.lock knows 3: another folder built that',
    ],
    [
      ['adopt applied 3', 'adopt configuration x', 'adopt ready yes'],
      'error worker2: its generation 3 is another one than yours of that number',
    ],
    [
      ['root no'],
      'error worker2: core may not use sudo without a password there: only what everybody may see was looked at',
    ],
  ])('%j', (lines, finding) => {
    const status = judgeWorker(...lines);
    expect(said(status)).toEqual([finding]);
    expect(status.ready).toBe(false);
    expect(status.machines.map(({ ready }) => ready)).toEqual([true, true, false, true]);
  });

  it.each([
    [-11_520_000, "3 h 12 min behind this computer's"],
    [180_000, "3 min ahead of this computer's"],
  ])('names a clock that is off by %i ms', (clockSkew, words) => {
    const worker2 = { ...observation(), clockSkew };
    const status = judgeCluster(BUILT, withMachines(WELL, { worker2 }));
    expect(said(status)).toEqual([`error worker2: its clock is ${words}: it says 2026-11-22 12:00 UTC`]);
    expect(status.ready).toBe(false);
  });

  it('may be a little off', () => {
    const worker2 = { ...observation(), clockSkew: 90_000 };
    expect(judgeCluster(BUILT, withMachines(WELL, { worker2 })).ready).toBe(true);
  });

  it('stays Ready with an older generation, which is noted', () => {
    const status = judgeWorker('adopt applied 2', 'adopt configuration x', 'adopt ready yes');
    expect(said(status)).toEqual(['note worker2: it runs generation 2, and 3 is built']);
    expect(status.ready).toBe(true);
  });

  it('that cannot be reached is not Ready, whatever the API says', () => {
    const failure = { severity: 'waiting', code: 'no-answer', message: 'nothing answers' } as const;
    const status = judgeCluster(BUILT, withMachines(WELL, { worker2: { address: '10.10.10.3', failure } }));
    expect(said(status)).toEqual(['waiting worker2: nothing answers']);
    expect(status.machines[2]).toMatchObject({ reachable: 'no', kubelet: 'unknown', nodeReady: 'yes', ready: false });
  });

  it.each([
    [
      {
        ready: false,
        message:
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized',
      },
      'waiting worker2: waits for the pod network: no CNI plugin has set it up there yet',
    ],
    [
      { ready: false, message: 'Kubelet stopped posting node status.' },
      'waiting worker2: its kubelet has stopped reporting: the machine is off, or cannot reach the API',
    ],
    [{ ready: false, message: 'PLEG is not healthy' }, 'waiting worker2: its kubelet reports: PLEG is not healthy'],
    [{ shortOf: ['disk'] }, 'error worker2: is short of disk: its kubelet takes no new pods, and ends some'],
    [{ kubeletVersion: 'v1.35.1' }, 'error worker2: runs kubelet v1.35.1, and 1.36.4 was built'],
  ])('whose node is %j', (over, finding) => {
    const api = apiObservation(BUILT);
    const nodes = new Map([...(api.view?.nodes ?? []), ['worker2', node(over)]]);
    const status = judgeCluster(BUILT, { ...WELL, api: apiObservation(BUILT, { nodes }) });
    expect(said(status)).toEqual([finding]);
    expect(status.ready).toBe(false);
  });

  it('of a cluster whose network is the user’s own waits for that one', () => {
    const own = expectation(1, { cni: 'none' });
    const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady';
    const nodes = new Map([...(WELL.api?.view?.nodes ?? []), ['worker2', node({ ready: false, message })]]);
    const status = judgeCluster(own, { ...WELL, api: apiObservation(own, { nodes }) });
    expect(status.findings).toMatchObject([
      { severity: 'error', code: 'no-pod-network', message: expect.stringContaining('a pod network of your own') },
    ]);
    expect(status.findings[0]?.remedy).toContain('cni: none');
  });

  it('that has not registered waits for its kubelet', () => {
    const nodes = new Map([...(WELL.api?.view?.nodes ?? [])].filter(([name]) => name !== 'worker2'));
    const status = judgeCluster(BUILT, { ...WELL, api: apiObservation(BUILT, { nodes }) });
    expect(said(status)).toEqual(['waiting worker2: its kubelet has not registered the node worker2 yet']);
  });
});

describe('etcd', () => {
  const three = expectation(3);
  const well = allWell(three);
  const silent = [
    'apply-status done: everything is applied',
    'etcd-health [{"endpoint":"e","health":false,"error":"context deadline exceeded"}]',
  ];

  it.each([
    [['controller2', 'controller3'], '1 of 3 members, no quorum yet'],
    [['controller2'], '2 of 3 members, which is a quorum'],
  ])('without %j', (names, summary) => {
    const others = Object.fromEntries(names.map((name) => [name, observation(...silent)]));
    const status = judgeCluster(three, withMachines(well, others));
    expect(said(status)).toEqual([`waiting etcd: ${summary}`]);
    expect(status.etcd).toMatchObject({ ready: false, summary });
    expect(status.etcd.items[1]).toEqual({
      name: 'controller2',
      ready: false,
      detail: 'does not answer (context deadline exceeded)',
    });
  });

  it('stopped by its guard says why and what to do', () => {
    const stopped =
      'etcd-status stopped: /var/lib/etcd is empty, though the cluster has been up, and no other machine has its data. Restore the disk, then systemctl restart kubelet, or a snapshot with ironkeel-etcd restore FILE. Where there is neither, ironkeel-etcd anew starts with nothing';
    const status = judgeCluster(BUILT, withMachines(WELL, { controller: observation(stopped) }));
    expect(status.findings[0]).toEqual({
      severity: 'error',
      subject: 'controller',
      code: 'etcd-stopped',
      message:
        'etcd is kept from starting: /var/lib/etcd is empty, though the cluster has been up, and no other machine has its data',
      remedy:
        'Restore the disk, then systemctl restart kubelet, or a snapshot with ironkeel-etcd restore FILE. Where there is neither, ironkeel-etcd anew starts with nothing',
    });
    const started = 'etcd-status started: the member starts with its data';
    const controller = observation(started, ...ETCD_WELL, 'apply-status done: all');
    expect(judgeCluster(BUILT, withMachines(WELL, { controller })).ready).toBe(true);
  });

  it('of two clusters is an alarm', () => {
    const foreign = ETCD_WELL.map((line) => line.replace('14841639068965178418', '14841639068965178419'));
    const status = judgeCluster(three, withMachines(well, { controller2: observation(...foreign) }));
    expect(said(status)).toEqual(['error etcd: its members belong to 2 different clusters: some were started empty']);
    expect(status.ready).toBe(false);
  });

  it('with an alarm is not Ready', () => {
    const alarmed = ETCD_WELL.map((line) =>
      line.replace('"raftTerm":2}', '"raftTerm":2,"errors":["memberID:1 alarm:NOSPACE "]}'),
    );
    const controller = observation(...alarmed, 'apply-status done: all');
    const status = judgeCluster(BUILT, withMachines(WELL, { controller }));
    expect(said(status)).toEqual(['error etcd: controller raises memberID:1 alarm:NOSPACE ']);
    expect(status.ready).toBe(false);
  });
});

describe('the control plane', () => {
  const failure = {
    severity: 'waiting',
    code: 'api-silent',
    message: '10.10.10.1:6443 refuses the connection',
  } as const;
  const url = 'https://10.10.10.1:6443';
  const down: ApiObservation = {
    endpoint: { url, ready: false, failure },
    controllers: new Map([['controller', { url, ready: false, failure }]]),
  };

  it('that does not answer is said once, and machines wait for it', () => {
    const status = judgeCluster(BUILT, { ...WELL, api: down });
    expect(said(status)).toEqual([
      ...['controller', 'worker1', 'worker2', 'example.com'].map((name) => `waiting ${name}: waits for an API server`),
      'waiting control plane: 0 of 1 API server: controller: 10.10.10.1:6443 refuses the connection',
    ]);
    expect(status).toMatchObject({ ready: false, apiReady: false });
    expect(status.addons.summary).toBe('waits for an API server');
  });

  it('of another authority is another cluster', () => {
    const foreign = { severity: 'error', code: 'other-cluster', message: 'this is not the cluster you built' } as const;
    const api = { ...down, endpoint: { url, ready: false, failure: foreign } };
    expect(said(judgeCluster(BUILT, { ...WELL, api }))).toContain(
      'error control plane: this is not the cluster you built',
    );
  });

  it('has an endpoint of its own, which has to answer as well', () => {
    const unknown = { severity: 'error', code: 'unknown-endpoint', message: 'the name is not known' } as const;
    const endpoint = { url: 'https://api.example.com:6443', ready: false, failure: unknown };
    const api = { ...apiObservation(BUILT), endpoint };
    const status = judgeCluster(BUILT, { ...WELL, api });
    expect(said(status)).toEqual([
      'error control plane: API servers are ready, but not by the endpoint of the kubeconfig: the name is not known',
    ]);
    expect(status).toMatchObject({ ready: false, apiReady: false });
  });

  it('needs a controller manager and a scheduler on every controller', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s' };
    const pods = [pod('kube-scheduler-controller', { ready: false, node: 'controller', waiting })];
    const status = judgeCluster(BUILT, { ...WELL, api: apiObservation(BUILT, { pods }) });
    expect(said(status)).toEqual([
      'waiting control plane: kube-controller-manager-controller is not there yet',
      'waiting control plane: kube-scheduler-controller ends again and again on controller: back-off 40s',
    ]);
  });
});

describe('addons', () => {
  const judge = (over: Parameters<typeof apiObservation>[1], observations: Observations = WELL) =>
    judgeCluster(BUILT, { ...observations, api: apiObservation(BUILT, over) });
  const statics = WELL.api?.view?.pods ?? [];

  it.each([
    [
      {
        reason: 'Unschedulable',
        message: '0/4 nodes are available: 4 node(s) had untolerated taint {node.kubernetes.io/not-ready: }',
      },
      '',
      'waits for a Ready node: the pod network is not up yet',
    ],
    [
      { reason: 'ImagePullBackOff', message: 'Back-off pulling image' },
      'worker1',
      'cannot get its image on worker1: Back-off pulling image',
    ],
    [{ reason: 'ContainerCreating', message: '' }, 'worker1', 'is being made on worker1'],
    [undefined, 'worker1', 'is starting'],
  ])('whose pod is %j', (waiting, on, words) => {
    const pods = [...statics, pod('coredns-1', { ready: false, node: on, labels: { 'k8s-app': 'coredns' }, waiting })];
    const status = judge({ workloads: [workload('coredns', { ready: 1 })], pods });
    expect(said(status)).toEqual([`waiting addons: coredns 1 of 2: coredns-1 ${words}`]);
    expect(status.addons).toMatchObject({ ready: false, summary: '0 of 1 ready' });
  });

  // As the scheduler of 1.36 says it: no taint by its name.
  it.each([
    [false, 'waits for a Ready node: the pod network is not up yet'],
    [true, 'finds no node: 0/4 nodes are available: 4 node(s) had untolerated taint(s)'],
  ])('whose pod finds no node while every node is Ready: %s', (ready, words) => {
    const message =
      '0/4 nodes are available: 4 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.';
    const waiting = { reason: 'Unschedulable', message };
    const pods = [...statics, pod('coredns-1', { ready: false, node: '', labels: { 'k8s-app': 'coredns' }, waiting })];
    const nodes = new Map([...(WELL.api?.view?.nodes ?? []), ['worker2', node({ ready })]]);
    const status = judge({ workloads: [workload('coredns', { ready: 1 })], pods, nodes });
    expect(said(status)).toContain(`waiting addons: coredns 1 of 2: coredns-1 ${words}`);
  });

  it('that are not applied are not forgotten', () => {
    const applying = observation(...ETCD_WELL, 'apply-status waiting: not everything could be applied: no');
    const status = judge({}, withMachines(WELL, { controller: applying }));
    expect(said(status)).toEqual(['waiting addons: not everything could be applied: no']);
    expect(said(judge({}, withMachines(WELL, { controller: observation(...ETCD_WELL) })))).toEqual([
      'waiting addons: no controller has applied them yet',
    ]);
    expect(judge({ workloads: [] })).toMatchObject({ ready: false, addons: { ready: false } });
  });

  it('are not Ready while an old form of them runs', () => {
    expect(judge({ workloads: [workload('coredns', { observed: false })] }).ready).toBe(false);
    expect(judge({ workloads: [workload('edge', { kind: 'DaemonSet', wanted: 0, ready: 0 })] }).ready).toBe(true);
  });
});
