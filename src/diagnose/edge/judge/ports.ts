import { fail, pass, warn } from '../../checks/results.js';
import type { CheckResult } from '../../checks/types.js';
import { HTTP_PORT, HTTPS_PORT, INNER_PORTS, SSH_PORT } from '../ports.js';
import type { EdgeAnswer, EdgeExpectation, PortState } from '../types.js';

/** Whether the world is let in where it should be, and nowhere else. */
export function judgePorts({ ports }: EdgeAnswer, expected: EdgeExpectation): CheckResult[] {
  return [judgeWebPort(HTTP_PORT, ports), judgeWebPort(HTTPS_PORT, ports), ...judgeOthers(ports, expected)];
}

function judgeWebPort(port: number, ports: EdgeAnswer['ports']): CheckResult {
  const state = ports.get(port) ?? 'unreachable';
  if (state === 'open') return pass('port-open', `${port}/tcp is open`);
  const [message, remedy] = CLOSED[state];
  return fail(`port-${state}`, `${port}/tcp ${message}`, remedy);
}

const CLOSED: Readonly<Record<Exclude<PortState, 'open'>, readonly [string, string]>> = {
  refused: [
    'refuses connections: the machine is there, and nothing listens',
    'look whether the ingress controller runs there: kubectl get pods --namespace kube-system --output wide',
  ],
  silent: [
    'does not answer: the machine is off, or a firewall or router in between drops it',
    'look whether the machine is up, and let 80/tcp and 443/tcp through to it; with NAT forward both',
  ],
  unreachable: [
    'cannot be reached: no route leads there',
    'check the address in cluster.yaml (publicAddress where NAT is in between) and the way to it',
  ],
};

function judgeOthers(ports: EdgeAnswer['ports'], expected: EdgeExpectation): CheckResult[] {
  const asked = [...INNER_PORTS.keys()].filter((port) => ports.has(port));
  const open = asked.filter((port) => ports.get(port) === 'open');
  const ssh = ports.get(SSH_PORT) === 'open' ? [judgeSsh(expected)] : [];
  if (open.length > 0 && open.length === asked.length) return [ANY_PORT];
  if (open.length > 0) {
    const listed = open.map((port) => `${port}/tcp (${INNER_PORTS.get(port)})`).join(', ');
    return [
      fail('ports-exposed', `${listed} ${open.length === 1 ? 'answers' : 'answer'} too`, exposureRemedy(expected)),
      ...ssh,
    ];
  }
  // Nobody can say that of a machine which does not answer at all.
  const reached = [...ports.values()].some((state) => state === 'open' || state === 'refused');
  return [...ssh, ...(reached ? [pass('ports-closed', `none of ${asked.length} inner ports answers`)] : [])];
}

/** No machine of a cluster has all of these: whoever is in between takes every connection. */
const ANY_PORT = fail(
  'any-port-answers',
  'every port that was asked takes connections: a proxy in between answers in its place',
  'ask from another network, or look who has that address',
);

function exposureRemedy({ firewall }: EdgeExpectation): string {
  return firewall
    ? 'asked from the Internet, its firewall should not let that in: bring it its newest drive, then `sudo nft list table inet ironkeel` there; a machine among firewall.nodes may see it'
    : 'firewall.enabled is false in cluster.yaml: your own firewall has to keep it from the world';
}

function judgeSsh({ sshIsPublic, firewall }: EdgeExpectation): CheckResult {
  if (sshIsPublic) return pass('ssh-open', '22/tcp (SSH) answers, as firewall.ssh allows');
  const remedy = firewall
    ? 'fine where you are on a private or listed network; from the Internet it should not answer: see firewall.ssh'
    : 'firewall.enabled is false in cluster.yaml: your own firewall decides who reaches SSH';
  return warn('ssh-open', '22/tcp (SSH) answers from here', remedy);
}
