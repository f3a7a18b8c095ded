import { parseIp } from '../ip.js';
import { isSubdomain, remedyForName } from '../names.js';
import { eachMachine, error, findDuplicates, type Rule } from './rule.js';

/** Linux takes host names of 64 characters, and the value of the label kubernetes.io/hostname 63. */
const LONGEST_NAME = 63;

/** Names of machines: RFC 1123 subdomains, each once. */
export const checkMachineNames: Rule = function* ({ draft, lineOf }) {
  const names = [...eachMachine(draft)].flatMap(({ machine, path }) =>
    machine.name === undefined ? [] : [{ key: machine.name, path: [...path, 'name'] }],
  );
  for (const { key, path } of names) yield* checkName(key, path);
  for (const [{ key, path }, first] of findDuplicates(names)) {
    const message = `the name "${key.slice(0, 80)}" is used twice, first on line ${lineOf(first.path)}`;
    yield error('duplicate-name', path, message, 'give each machine a name of its own');
  }
};

function* checkName(name: string, path: readonly (string | number)[]) {
  if (!isSubdomain(name)) {
    const message = `the machine’s name ${name === '' ? 'is empty' : 'is no RFC 1123 name'}`;
    yield error('bad-name', path, message, remedyForName(name, isSubdomain));
  } else if (name.length > LONGEST_NAME) {
    const message = `the name has ${name.length} characters; host names and node labels take ${LONGEST_NAME}`;
    yield error('bad-name', path, message, 'choose a shorter name');
  } else if (parseIp(name) !== undefined) {
    yield error(
      'bad-name',
      path,
      'an IP address cannot be a machine’s name',
      'choose a word, and set nodeNames: ip to name nodes by IP',
    );
  } else if (name === 'localhost') {
    yield error('bad-name', path, '"localhost" means every machine itself', 'choose another name');
  }
}

/** Nodes named by IP need an IP each. */
export const checkNodeNames: Rule = function* ({ draft }) {
  if (draft.nodeNames !== 'ip') return;
  for (const { machine, path } of eachMachine(draft)) {
    if (machine.network?.address !== undefined || (machine.ip !== undefined && machine.ip !== 'dhcp')) continue;
    const message = 'nodes are named by IP (nodeNames: ip), and this machine’s IP is unknown';
    yield error(
      'node-name-without-ip',
      'ip' in machine ? [...path, 'ip'] : path,
      message,
      'give the machine an ip, or remove nodeNames',
    );
  }
};
