import { each } from '../draft.js';
import type { Finding, Path } from '../finding.js';
import { parseIp, parseRange } from '../ip.js';
import { checkAddress, hasKnownAddress } from './addresses.js';
import { eachMachine, error, type Rule, type RuleInput } from './rule.js';

/** Who may reach the machines. */
export const checkFirewall: Rule = function* (input) {
  const { firewall } = input.draft;
  for (const [index, text] of each(firewall?.nodes)) yield* checkSource(text, ['firewall', 'nodes', index], false);
  for (const field of ['ssh', 'api'] as const)
    for (const [index, text] of each(firewall?.[field])) yield* checkSource(text, ['firewall', field, index], true);
  yield* checkUnknownMachines(input);
};

/** A range of IPv4 addresses or, where that is allowed, a single address. */
export function* checkSource(text: string, path: Path, addressAllowed: boolean): Generator<Finding> {
  const range = parseRange(text);
  if (range !== undefined) {
    if (range.text === text) return;
    yield error('bad-range', path, `${text} is an address inside ${range.text}`, `did you mean "${range.text}"?`);
  } else if (addressAllowed && !text.includes('/')) yield* checkAddress(text, path);
  else if (parseIp(text) !== undefined)
    yield error('bad-range', path, 'a range needs a prefix length', `did you mean "${text}/32"?`);
  else yield error('bad-range', path, 'this is no range of IPv4 addresses', 'write a range such as 10.10.10.0/24');
}

/** Machines let in the others by their addresses, so these have to be known, or the range they come from. */
function* checkUnknownMachines({ draft, isMisfit }: RuleInput): Generator<Finding> {
  const { enabled, nodes } = draft.firewall ?? {};
  if (enabled === false || nodes !== undefined) return;
  if ([['firewall'], ['firewall', 'enabled'], ['firewall', 'nodes']].some(isMisfit)) return;
  for (const { machine, path } of eachMachine(draft)) {
    // Controllers are told by the rule of their addresses.
    if (machine.role === 'controller' || hasKnownAddress(machine)) continue;
    if (
      [
        [...path, 'ip'],
        [...path, 'network'],
        [...path, 'network', 'address'],
      ].some(isMisfit)
    )
      continue;
    const message = 'the address of this machine is not known, so the firewall of the others would keep it out';
    const remedy = 'add firewall: {nodes: [10.10.10.0/24]} with the range DHCP gives addresses from, or an ip here';
    yield error('firewall-nodes', machine.ip === undefined ? path : [...path, 'ip'], message, remedy);
    return;
  }
}
