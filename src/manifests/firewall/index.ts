import { encodeNftTable, type NftTable } from '../../formats/nftables.js';
import { encodeUnit } from '../../formats/systemd.js';
import type { ClusterPlan, HostFile, HostUnit, Node } from '../../plan/index.js';
import { rootFile } from '../../plan/index.js';
import { RULES_PATH } from './paths.js';
import { arrivalRules, forwardRules, inputRules } from './rules.js';
import { addressSets } from './sets.js';

/** The machine's firewall as a file; none when the inventory turns it off. The ports are those of `docs/reference/ports.md`. */
export function firewallFiles(plan: ClusterPlan, node: Node): HostFile[] {
  if (!plan.cluster.firewall.enabled) return [];
  return [rootFile(RULES_PATH, encodeNftTable(firewallTable(plan, node)), 0o600)];
}

function firewallTable(plan: ClusterPlan, node: Node): NftTable {
  return {
    family: 'inet',
    name: 'ironkeel',
    sets: addressSets(plan, node),
    chains: {
      // Between connection tracking and whatever translates destinations.
      arrival: { hook: { name: 'prerouting', priority: -150, policy: 'accept' }, rules: arrivalRules(plan, node) },
      input: { hook: { name: 'input', priority: 0, policy: 'drop' }, rules: inputRules(plan, node) },
      // Other tables decide about what is not ours, so nothing is dropped by policy here.
      forward: { hook: { name: 'forward', priority: 0, policy: 'accept' }, rules: forwardRules(plan) },
    },
  };
}

/**
 * Loads the table early on each boot, before there is a network, and again when an adoption changed it. It needs
 * no adoption in this boot: the file of the last one protects the machine until then.
 */
export const firewallUnit: HostUnit = {
  name: 'ironkeel-firewall.service',
  content: encodeUnit({
    Unit: {
      Description: 'Refuse what this machine does not serve',
      Documentation: 'https://ironkeel.dev/docs/reference/ports',
      After: 'local-fs.target',
      Before: ['network-pre.target', 'kubelet.service'],
      Wants: 'network-pre.target',
      ConditionPathExists: RULES_PATH,
    },
    Service: {
      Type: 'oneshot',
      RemainAfterExit: true,
      ExecStart: `nft -f ${RULES_PATH}`,
      ExecReload: `nft -f ${RULES_PATH}`,
      // Only for a firewall that is turned off: the table goes with its unit.
      ExecStop: '-nft delete table inet ironkeel',
    },
    Install: { WantedBy: 'multi-user.target' },
  }),
  dropIns: [],
  state: 'enabled',
};
