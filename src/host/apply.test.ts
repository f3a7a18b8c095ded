import { readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyScript } from './scripts.js';
import { writeBelow } from './testing/payload.js';
import { ScratchMachine } from './testing/scratch-machine.js';

// What the program says and asks, with a stand-in for kubectl; test/conformance/addons.test.ts has the real ones.
let machine: ScratchMachine;
beforeEach(() => {
  machine = new ScratchMachine();
  put('opt/bin/ironkeel-apply', applyScript());
  put('etc/ironkeel/node-name', 'controller\n');
  put('etc/kubernetes/kubeconfig/bootstrap.yaml', '');
  put('etc/kubernetes/addons/10-a.yaml', manifest('a'));
  put('etc/kubernetes/addons/11-b.yaml', `${manifest('b')}---\n${manifest('c')}`);
  put('etc/kubernetes/addons/nodes', 'node worker1\nlabel rack=r1\ntaint dedicated=db:NoExecute\n');
  kubectl();
});
afterEach(() => machine.dispose());

const put = (path: string, text: string, mode?: number) => writeBelow(join(machine.root, path), text, mode);
const manifest = (name: string) =>
  `# object ConfigMap.v1. kube-system ${name}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

/**
 * A kubectl that notes what it is asked and answers by its first word; `answers` goes first, and what is applied
 * from its input is kept. The node and the record are files.
 */
function kubectl(answers = ''): void {
  put(
    'opt/bin/kubectl',
    `#!/bin/bash
args=(); for arg; do [[ $arg == --kubeconfig=* || $arg == --cache-dir=* || $arg == --request-timeout=* ]] || args+=("$arg"); done
set -- "\${args[@]}"
echo "$*" >>${machine.home}/asked
${answers}
case "$1 $2" in
  'get --raw') echo ok ;;
  'get configmap') cat ${machine.home}/record 2>/dev/null ;;
  'get nodes') cat ${machine.home}/nodes 2>/dev/null ;;
  'apply --server-side') [[ $* != *--filename=- ]] || cat >${machine.home}/applied ;;
  'patch configmap') [[ $* != *annotations* ]] || { d=$(grep -o 'digest":"[0-9a-f]*' <<<"$*"); printf '%s\\n%s\\n' "\${d##*\\"}" "\${d##*\\"}" >${machine.home}/record; } ;;
esac
exit 0
`,
    0o755,
  );
}

function apply(args: readonly string[] = ['--once'], env: NodeJS.ProcessEnv = {}) {
  const program = join(machine.root, 'opt/bin/ironkeel-apply');
  return machine.run(program, args, { IRONKEEL_RETRY_SECONDS: '0.05', IRONKEEL_TRIES: '20', ...env });
}

function home(name: string): string {
  try {
    return readFileSync(join(machine.home, name), 'utf8');
  } catch {
    return '';
  }
}

const status = () => machine.read('run/ironkeel/apply-status').trim();
const waitsFor = (node: string) =>
  machine.has('run/ironkeel/apply-status') && status() === `waiting: not registered yet: ${node}`;
const patches = () => [...home('asked').matchAll(/^patch (node .*)$/gm)].map(([, line]) => line ?? '');
const patch = (labels: Record<string, string | null>, settings: string) =>
  `--type=merge --patch=${JSON.stringify({ metadata: { labels, annotations: { 'ironkeel.dev/settings': settings } } })}`;
const register = (line: string) => writeBelow(join(machine.home, 'nodes'), `${line}\n`);

describe('ironkeel-apply', () => {
  it('waits for kubectl, for the kubeconfig and for the API server, and says for which', async () => {
    kubectl(
      `[[ $1 != get ]] || { echo 'The connection to the server was refused - did you specify the right host?' >&2; exit 1; }`,
    );
    expect((await apply()).said).toBe('ironkeel-apply: the API server of this machine does not answer yet\n');
    kubectl(
      `[[ $1 != get ]] || { echo 'Error from server (InternalError): an error on the server ("[+]ping ok [-]etcd failed: reason withheld' >&2; exit 1; }`,
    );
    expect((await apply()).said).toContain('the API server of this machine waits for etcd\n');
    expect(status()).toBe('waiting: the API server of this machine waits for etcd');
  });

  it('gives up after its tries, so that the service manager starts it anew', async () => {
    kubectl('exit 1');
    const { status: code, said } = await apply([], { IRONKEEL_TRIES: '3' });
    expect(code).toBe(1);
    expect(said.match(/is not ready/g)).toHaveLength(1);
    expect(said).toContain('giving up for now');
  });

  it('applies all documents at once, and asks three things when nothing has changed', async () => {
    register('worker1|label:rack=r1 taint:dedicated=db:NoExecute');
    expect((await apply()).said).toBe('ironkeel-apply: applied 3 objects\n');
    expect(home('applied').match(/name: [abc]$/gm)).toEqual(['name: a', 'name: b', 'name: c']);
    writeBelow(join(machine.home, 'asked'), '');
    const { status: code, said } = await apply();
    expect([code, said]).toEqual([0, '']);
    expect(
      home('asked')
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual(['get --raw', 'get configmap', 'get nodes']);
    expect(status()).toBe('done: everything is applied, every node has registered');
  });

  it('names what could not be applied, and does not take it for done', async () => {
    kubectl(`[[ $1 != apply ]] || { echo 'error: the server is on fire' >&2; exit 1; }`);
    const { status: code, said } = await apply();
    expect(code).toBe(1);
    expect(said).toBe('ironkeel-apply: not everything could be applied: the server is on fire\n');
    expect(home('record')).toBe('');
  });

  it('stays until the last node has registered, and makes none', async () => {
    const running = apply([], { IRONKEEL_TRIES: '300' });
    for (let tries = 0; tries < 200 && !waitsFor('worker1'); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    expect(waitsFor('worker1'), status()).toBe(true);
    register('worker1|');
    const { status: code, said } = await running;
    expect(code, said).toBe(0);
    const settings = 'label:rack=r1 taint:dedicated=db:NoExecute';
    expect(patches()).toEqual([`node worker1 ${patch({ rack: 'r1' }, settings)}`]);
    expect(home('asked')).toContain('taint --overwrite node worker1 dedicated=db:NoExecute\n');
    expect(home('asked')).not.toMatch(/create.*node|apply.*node/);
  });

  it('takes from a node what it had before', async () => {
    register('worker1|label:rack=r0 label:zone=a taint:old=x:NoSchedule taint:dedicated=web:NoExecute');
    await apply();
    expect(patches()).toEqual([
      `node worker1 ${patch({ rack: 'r1', zone: null }, 'label:rack=r1 taint:dedicated=db:NoExecute')}`,
    ]);
    expect(home('asked')).toContain('taint node worker1 old:NoSchedule-\n');
    expect(home('asked')).not.toContain('dedicated:NoExecute-');
  });

  it('gives nodes that are to have the same the same at once, and no taint that is there', async () => {
    put(
      'etc/kubernetes/addons/nodes',
      ['a', 'b', 'c'].map((name) => `node ${name}\nlabel x=${name === 'c'}\n`).join(''),
    );
    put('etc/kubernetes/addons/nodes', `${machine.read('etc/kubernetes/addons/nodes')}taint own=:NoSchedule\n`);
    register('b||\na||\nc||own=:NoSchedule');
    await apply();
    expect(
      patches()
        .map((line) => line.replace(/^node ((b a|a b|c) ).*/, '$1'))
        .sort(),
    ).toEqual([expect.stringMatching(/^(a b|b a) $/), 'c ']);
    expect(home('asked')).not.toMatch(/^taint/m);
  });

  it('does not start kubectl again before somebody listens where the API server will be', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    put('etc/kubernetes/kubeconfig/bootstrap.yaml', `clusters:\n- cluster:\n    server: https://127.0.0.1:${port}\n`);
    kubectl(`[[ $1 != get ]] || { echo 'The connection to the server was refused' >&2; exit 1; }`);
    const running = apply([], { IRONKEEL_TRIES: '2' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(home('asked')).toBe('get --raw /readyz\n');
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    expect((await running).said).toContain('giving up for now');
    server.close();
    expect(home('asked')).toBe('get --raw /readyz\n'.repeat(2));
  });

  it('applies again only what is of a kind that its own manifests define', async () => {
    const lacking = `error: no matches for kind "Own" in version "example.com/v1"`;
    put('etc/kubernetes/addons/12-d.yaml', '# object Own.v1.example.com - d\nkind: Own\nmetadata:\n  name: d\n');
    const answer = (taken: number) => `[[ $1 != apply || -f ${machine.home}/again ]] || {
      touch ${machine.home}/again; cat >${machine.home}/first; for ((i = 0; i < ${taken}; i++)); do echo "x/$i serverside-applied"; done
      echo '${lacking}' >&2; exit 1; }`;
    kubectl(answer(3));
    await apply();
    expect(home('first').match(/name: .$/gm)).toHaveLength(4);
    expect(home('applied').match(/name: .$/gm)).toEqual(['name: d']);
    // Where one of the others was refused too, everything is tried again.
    rmSync(join(machine.home, 'again'));
    writeBelow(join(machine.home, 'record'), '');
    rmSync(join(machine.root, 'run'), { recursive: true });
    kubectl(answer(2));
    await apply();
    expect(home('applied').match(/name: .$/gm)).toHaveLength(4);
  });

  it('lets etcd know that the cluster is up, once the manifests are in', async () => {
    put('opt/bin/ironkeel-etcd', `#!/bin/bash\necho "etcd $*" >>${machine.home}/asked\n`);
    await apply();
    const asked = home('asked');
    expect(asked.indexOf('etcd joined')).toBeGreaterThan(asked.indexOf('apply --server-side'));
  });

  it('leaves to another controller what that has applied later', async () => {
    register('worker1|label:rack=r1 taint:dedicated=db:NoExecute');
    await apply();
    const [mine] = home('record').split('\n');
    writeBelow(join(machine.home, 'record'), `${'0'.repeat(64)}\n${mine}\n`);
    writeBelow(join(machine.home, 'asked'), '');
    expect((await apply()).said).toContain('another controller has applied later manifests');
    expect(home('asked')).not.toContain('apply ');
  });

  it('replaces objects of ours by the user’s, and prunes neither', async () => {
    put('etc/kubernetes/addons.d/mine.yaml', 'kind: ConfigMap\n');
    kubectl(`[[ $1 != create || $* != *jsonpath* ]] || { echo 'v1|ConfigMap|kube-system|b'; exit; }`);
    writeBelow(
      join(machine.home, 'record'),
      'old\nold\n1\nConfigMap.v1. kube-system b\nConfigMap.v1. kube-system gone\n',
    );
    await apply();
    expect(home('applied').match(/name: [abc]$/gm)).toEqual(['name: a', 'name: c']);
    expect(home('asked')).toContain('addons.d/mine.yaml');
    const deleted = home('asked').match(/^delete .*$/gm);
    expect(deleted).toHaveLength(1);
    expect(deleted?.[0]).toMatch(
      /^delete ConfigMap\.v1\. --namespace=kube-system --selector=ironkeel\.dev\/managed=true .*=gone /,
    );
  });

  it('applies what takes the place of our objects before the pods that need it, once', async () => {
    put('etc/kubernetes/addons.d/mine.yaml', 'kind: ConfigMap\n');
    const asks = `[[ $1 != create || $* != *jsonpath* ]] || { echo 'v1|ConfigMap|kube-system|b'; exit; }`;
    kubectl(asks);
    await apply();
    const applied = () => (home('asked').match(/^apply .*$/gm) ?? []).map((line) => /[^/=]*$/.exec(line)?.[0]);
    expect(applied()).toEqual(['mine.yaml', '-']);
    writeBelow(join(machine.home, 'asked'), '');
    writeBelow(join(machine.home, 'record'), '');
    put('etc/kubernetes/addons.d/mine.yaml', 'kind: ConfigMap # of a kind that ours define\n');
    kubectl(
      `${asks}; [[ $* != apply*mine.yaml || -f ${machine.home}/again ]] || { touch ${machine.home}/again; exit 1; }`,
    );
    expect((await apply()).said).not.toContain('could not');
    expect(applied()).toEqual(['mine.yaml', '-', 'mine.yaml']);
  });

  it('never removes what would take others’ things with it', async () => {
    const kinds = ['Namespace.v1.', 'PersistentVolume.v1.', 'CustomResourceDefinition.v1.apiextensions.k8s.io'];
    writeBelow(join(machine.home, 'record'), `old\nold\n1\n${kinds.map((kind) => `${kind} - gone\n`).join('')}`);
    await apply();
    expect(home('asked')).not.toContain('delete');
  });
});
