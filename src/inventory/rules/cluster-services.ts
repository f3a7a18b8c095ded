import { isPrivate, whyUnusable } from '../ip.js';
import { addressOf } from './addresses.js';
import { eachMachine, error, type Rule, warning } from './rule.js';

/** The network plugin and what builds on it. */
export const checkNetworkPlugin: Rule = function* ({ draft }) {
  if (draft.network?.cni !== 'none' || draft.addons?.networkPolicy !== true) return;
  const message = 'the enforcer of NetworkPolicies works beside flannel, and there is none with cni: none';
  const remedy = 'remove it and use the policies of your own network plugin, or choose cni: flannel';
  yield error('policy-without-flannel', ['addons', 'networkPolicy'], message, remedy);
};

/**
 * VXLAN says everything aloud. An edge is public by its role, and a router of the user's may lead from it to the rest;
 * of any other machine with a public address nobody can tell here what is between it and the next.
 */
export const checkOverlay: Rule = function* ({ draft, isMisfit }) {
  const machines = [...eachMachine(draft)];
  if (draft.network?.cni === 'none' || machines.length < 2) return;
  for (const { machine, path } of machines) {
    const address = addressOf(machine);
    if (machine.role === 'edge' || isMisfit([...path, 'role'])) continue;
    if (address === undefined || whyUnusable(address) !== undefined || isPrivate(address)) continue;
    const at = machine.ip === undefined ? [...path, 'network', 'address'] : [...path, 'ip'];
    const message = 'the pods’ traffic to this machine passes a public address, and VXLAN does not encrypt it';
    const remedy = 'give the machine’s address in a network of your own, or be sure that the wire to it is yours alone';
    yield warning('public-overlay', at, message, remedy);
    return;
  }
};

/** A machine has to be left that runs pods. */
export const checkSchedulable: Rule = function* ({ draft, isMisfit }) {
  if (draft.controlPlane?.schedulable !== false) return;
  const machines = [...eachMachine(draft)];
  const unread = machines.length < (draft.machines?.length ?? 0);
  const workers = machines.some(({ machine, path }) => machine.role !== 'controller' || isMisfit([...path, 'role']));
  if (unread || workers || machines.length === 0) return;
  const message = 'every machine is a controller, so no machine runs pods: not even cluster DNS';
  yield warning('no-worker', ['controlPlane', 'schedulable'], message, 'remove it, or add a worker');
};
