import { eachMachine, error, type Rule, warning } from './rule.js';

/** The network plugin and what builds on it. */
export const checkNetworkPlugin: Rule = function* ({ draft }) {
  if (draft.network?.cni !== 'none' || draft.addons?.networkPolicy !== true) return;
  const message = 'the enforcer of NetworkPolicies works beside flannel, and there is none with cni: none';
  const remedy = 'remove it and use the policies of your own network plugin, or choose cni: flannel';
  yield error('policy-without-flannel', ['addons', 'networkPolicy'], message, remedy);
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
