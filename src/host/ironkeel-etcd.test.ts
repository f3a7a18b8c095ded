import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { etcdScript } from './scripts.js';
import { writeBelow } from './testing/payload.js';
import { type Outcome, ScratchMachine } from './testing/scratch-machine.js';

const CLUSTER = '6b0e0f2e-57b2-4b9c-8c4b-0f2d7c3f9a11';
const POD = 'kind: Pod\nargs:\n  - --initial-cluster-state=new\n';
const LIVE = 'etc/kubernetes/manifests/etcd.yaml';
const JOINED = 'var/lib/ironkeel/etcd-joined';
const REPLACING = 'var/lib/ironkeel/etcd-replacing';
const WAL = 'var/lib/etcd/member/wal/0.wal';

let machine: ScratchMachine;

beforeEach(() => {
  machine = new ScratchMachine();
  put('etc/kubernetes/etcd/pod.yaml', POD);
  put('etc/kubernetes/etcd/state', 'new\n');
  put('etc/kubernetes/etcd/members', 'c1 10.0.0.1\nc2 10.0.0.2\nc3 10.0.0.3\n');
  put('etc/ironkeel/machine', 'c1\n');
  put('var/lib/ironkeel/applied/manifest', `ironkeel-manifest 1\ncluster ${CLUSTER}\nmachine c1\n`);
  for (const folder of ['etc/kubernetes/manifests', 'var/lib/etcd'])
    mkdirSync(join(machine.root, folder), { recursive: true });
});
afterEach(() => machine.dispose());

function put(path: string, text: string): void {
  writeBelow(join(machine.root, path), text);
}

function run(command: string, env: NodeJS.ProcessEnv = {}, ...args: readonly string[]): Promise<Outcome> {
  const script = join(machine.home, 'ironkeel-etcd');
  writeFileSync(script, etcdScript());
  return machine.run(script, [command, ...args], {
    IRONKEEL_RETRY_SECONDS: '0.02',
    IRONKEEL_WAIT_SECONDS: '5',
    ...env,
  });
}

const status = () => machine.read('run/ironkeel/etcd-status');

describe('ironkeel-etcd guard', () => {
  it('lets a member of a cluster that has never been up start with nothing', async () => {
    expect(await run('guard')).toMatchObject({ status: 0 });
    expect(machine.read(LIVE)).toBe(POD);
    expect(machine.mode(LIVE)).toBe(0o600);
    expect(status()).toMatch(/^started: /);
  });

  it.each(['new', 'existing'])('lets a member with data start, whatever the state (%s)', async (state) => {
    put('etc/kubernetes/etcd/state', `${state}\n`);
    put(JOINED, `${CLUSTER}\n`);
    put(WAL, 'data');
    expect(await run('guard')).toMatchObject({ status: 0 });
    expect(machine.has(LIVE)).toBe(true);
  });

  it('does not touch the pod that is there already', async () => {
    await run('guard');
    const before = machine.snapshot();
    machine.stub('mv', 'exit 1');
    expect(await run('guard')).toMatchObject({ status: 0 });
    expect(machine.snapshot()).toEqual(before);
  });

  it.each([
    ['the drive says that the cluster has been up', () => put('etc/kubernetes/etcd/state', 'existing\n')],
    ['the member has been in service', () => put(JOINED, `${CLUSTER}\n`)],
  ])('stops a member with an empty disk when %s', async (_, been) => {
    await run('guard');
    been();
    // What a file system or a cut start leaves is no data.
    mkdirSync(join(machine.root, 'var/lib/etcd/lost+found'));
    put('var/lib/etcd/member/snap/db', 'half');
    expect(await run('guard')).toMatchObject({ status: 0 });
    expect(machine.has(LIVE)).toBe(false);
    expect(status()).toMatch(/^stopped: .* is empty, though the cluster has been up.*ironkeel-etcd replace/);
  });

  it('sends the only member to a snapshot', async () => {
    put('etc/kubernetes/etcd/members', 'c1 10.0.0.1\n');
    put(JOINED, `${CLUSTER}\n`);
    await run('guard');
    expect(machine.has(LIVE)).toBe(false);
    expect(status()).toMatch(/ironkeel-etcd restore FILE.*ironkeel-etcd anew/);
    expect(status()).not.toMatch(/replace/);
  });

  it('begins anew on a machine of another cluster, but not with its data', async () => {
    put(JOINED, 'another\n');
    put(WAL, 'data');
    await run('guard');
    expect(machine.has(LIVE)).toBe(false);
    expect(status()).toMatch(/^stopped: .* the data of another cluster/);
    rmSync(join(machine.root, 'var/lib/etcd/member'), { recursive: true });
    await run('guard');
    expect(machine.has(LIVE)).toBe(true);
    expect(machine.has(JOINED)).toBe(false);
  });

  it('takes the pod away where no member is wanted any more', async () => {
    await run('guard');
    rmSync(join(machine.root, 'etc/kubernetes/etcd/pod.yaml'));
    expect(await run('guard')).toMatchObject({ status: 0 });
    expect(machine.has(LIVE)).toBe(false);
  });
});

describe('ironkeel-etcd joined', () => {
  it('remembers the cluster, once there is data', async () => {
    expect(await run('joined')).toMatchObject({ status: 1 });
    expect(machine.has(JOINED)).toBe(false);
    put(WAL, 'data');
    put(REPLACING, 'abc\n');
    expect(await run('joined')).toMatchObject({ status: 0, said: 'ironkeel-etcd: the member is in service\n' });
    expect(machine.read(JOINED)).toBe(`${CLUSTER}\n`);
    expect(machine.has(REPLACING)).toBe(false);
    expect(await run('joined')).toMatchObject({ status: 0, said: '' });
  });
});

describe('ironkeel-etcd replace', () => {
  const others = [
    '22, started, c2, https://10.0.0.2:2380, https://10.0.0.2:2379, false',
    '33, started, c3, https://10.0.0.3:2380, https://10.0.0.3:2379, false',
  ];
  const lost = '11, started, c1, https://10.0.0.1:2380, https://10.0.0.1:2379, false';
  const list = () => readFileSync(join(machine.home, 'members'), 'utf8').trim().split('\n');
  const calls = () => machine.calls().filter((call) => !call.endsWith('member list'));

  /** An etcdctl that keeps the members in a file, answers on c3 alone, and promotes at the third time of asking. */
  beforeEach(() => {
    put(JOINED, `${CLUSTER}\n`);
    const members = join(machine.home, 'members');
    writeFileSync(members, `${[lost, ...others].join('\n')}\n`);
    machine.stub(
      'etcdctl',
      `words=(); for arg; do [[ $arg == --* && $arg != --learner ]] || words+=("$arg"); done
[[ "$*" == *--endpoints=https://10.0.0.3:2379* ]] || { echo "context deadline exceeded" >&2; exit 1; }
echo "etcdctl \${words[*]}" >>${machine.home}/calls
case "\${words[*]:0:2}" in
  'member list') cat ${members} ;;
  'member remove') sed -i "/^\${words[2]},/d" ${members} ;;
  'member add')
    mkdir ${machine.home}/refused 2>/dev/null && { echo "Error: etcdserver: unhealthy cluster" >&2; exit 1; }
    echo "44, unstarted, , https://10.0.0.1:2380, , true" >>${members} ;;
  'member promote')
    echo x >>${machine.home}/asked
    (( $(wc -l <${machine.home}/asked) > 2 )) || { echo "can only promote a learner member which is in sync with leader" >&2; exit 1; }
    mkdir -p ${machine.root}/var/lib/etcd/member/wal; : >${machine.root}/${WAL}
    sed -i '/^44,/s/true/false/' ${members} ;;
esac`,
    );
  });

  it('gives the place of the lost member to a new one and waits until that has a vote', async () => {
    const { status: code, said } = await run('replace');
    expect(code, said).toBe(0);
    const asked = calls();
    expect(asked.at(-1)).toBe('etcdctl member promote 44');
    expect(asked.slice(0, 3)).toEqual([
      'etcdctl member remove 11',
      // They refuse once, since the lost member has only just gone.
      'etcdctl member add c1 --learner',
      'etcdctl member add c1 --learner',
    ]);
    expect(list()).toEqual([...others, '44, unstarted, , https://10.0.0.1:2380, , false']);
    expect(machine.read(LIVE)).toContain('--initial-cluster-state=existing');
    expect(machine.has(REPLACING)).toBe(false);
    expect(machine.read(JOINED)).toBe(`${CLUSTER}\n`);
  });

  it('goes on where it was cut, also after a reboot', async () => {
    mkdirSync(join(machine.home, 'refused'));
    const first = await run('replace', { IRONKEEL_WAIT_SECONDS: '0' });
    expect(first).toMatchObject({ status: 1 });
    expect(first.said).toContain('Run ironkeel-etcd replace again');
    rmSync(join(machine.root, LIVE));
    await run('guard');
    expect(machine.read(LIVE)).toContain('--initial-cluster-state=existing');
    machine.calls();
    expect(await run('replace')).toMatchObject({ status: 0 });
    expect(calls().filter((call) => !call.includes('promote'))).toEqual([]);
  });

  it('changes nothing while the member has its data', async () => {
    put(WAL, 'data');
    expect((await run('replace')).said).toContain('nothing has to be replaced');
    expect(calls()).toEqual([]);
  });

  it('changes nothing when nobody answers, or there is nobody', async () => {
    machine.stub('etcdctl', 'exit 1');
    expect((await run('replace')).said).toContain('no other controller answers');
    put('etc/kubernetes/etcd/members', 'c1 10.0.0.1\n');
    expect((await run('replace')).said).toContain('this is the only member');
    expect(machine.has(LIVE)).toBe(false);
    expect(machine.has(REPLACING)).toBe(false);
  });
});

describe('ironkeel-etcd restore', () => {
  const snapshot = () => join(machine.home, 'backup.db');

  beforeEach(() => {
    writeFileSync(snapshot(), 'what was there');
    put('etc/kubernetes/etcd/state', 'existing\n');
    // Writes what it was told below the folder it was told.
    machine.stub(
      'etcdutl',
      `echo "etcdutl $*" >>${machine.home}/calls
[[ -s $3 ]] || { echo "Error: snapshot file cannot be empty" >&2; exit 1; }
for arg; do [[ $arg != --data-dir=* ]] || folder=\${arg#*=}; done
mkdir -p $folder/member/{wal,snap}; cp "$3" $folder/member/snap/db; : >$folder/member/wal/0.wal`,
    );
  });

  it('makes a member of the snapshot, as one of the same members, and lets it start', async () => {
    const { status: code, said } = await run('restore', {}, snapshot());
    expect(code, said).toBe(0);
    expect(said).toContain('run the same on every other controller');
    expect(machine.read('var/lib/etcd/member/snap/db')).toBe('what was there');
    expect(machine.has('var/lib/etcd/ironkeel-restoring')).toBe(false);
    expect(machine.has(LIVE)).toBe(true);
    const [call = ''] = machine.calls();
    const members = 'c1=https://10.0.0.1:2380,c2=https://10.0.0.2:2380,c3=https://10.0.0.3:2380';
    expect(call).toContain(`--name=c1 --initial-cluster=${members} --initial-cluster-token=${CLUSTER}-`);
    expect(call).toContain('--initial-advertise-peer-urls=https://10.0.0.1:2380');
  });

  it('leaves data that is there alone, and nothing of a snapshot that is none', async () => {
    writeFileSync(snapshot(), '');
    expect(await run('restore', {}, snapshot())).toMatchObject({ status: 1 });
    expect((await run('restore', {}, '/nowhere')).said).toContain('there is no file /nowhere');
    expect(machine.has('var/lib/etcd/ironkeel-restoring')).toBe(false);
    expect(machine.has(LIVE)).toBe(false);
    put(WAL, 'data');
    const before = machine.snapshot();
    expect((await run('restore', {}, snapshot())).said).toContain('holds data, which stays');
    expect(machine.snapshot()).toEqual(before);
  });
});

describe('ironkeel-etcd anew', () => {
  beforeEach(() => {
    put('etc/kubernetes/etcd/state', 'existing\n');
    put('etc/kubernetes/etcd/pod.yaml', POD.replace('new', 'existing'));
    put('etc/kubernetes/etcd/members', 'c1 10.0.0.1\n');
  });

  it('begins with nothing, once', async () => {
    await run('guard');
    expect(machine.has(LIVE)).toBe(false);
    expect(await run('anew')).toMatchObject({ status: 0 });
    expect(machine.read(LIVE)).toBe(POD);
    // Also where it was cut before the member had data.
    rmSync(join(machine.root, LIVE));
    await run('guard');
    expect(machine.read(LIVE)).toBe(POD);
    put(WAL, 'data');
    await run('joined');
    rmSync(join(machine.root, 'var/lib/etcd/member'), { recursive: true });
    await run('guard');
    expect(machine.has(LIVE)).toBe(false);
  });

  it('is refused while there is data, and to one of several', async () => {
    put(WAL, 'data');
    expect((await run('anew')).said).toContain('there is a cluster to start with');
    rmSync(join(machine.root, 'var/lib/etcd/member'), { recursive: true });
    put('etc/kubernetes/etcd/members', 'c1 10.0.0.1\nc2 10.0.0.2\n');
    const before = machine.snapshot();
    expect(await run('anew')).toMatchObject({ status: 1, said: expect.stringContaining('a new cluster only') });
    expect(machine.snapshot()).toEqual(before);
  });
});
