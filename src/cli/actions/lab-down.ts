import { findLab, findLabs, type Lab, removeRemains, takeDown } from '../../lab/index.js';
import type { LabDownFlags } from '../commands/lab-down.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { clusterId, labCache, labHost } from './lab.js';

/** Removes the lab of the cluster, or every one. That there is none is fine. */
export default async function labDown(context: CliContext, flags: LabDownFlags & GlobalFlags): Promise<void> {
  labHost(context);
  const cache = labCache(context);
  const labs = flags.all ? findLabs(cache) : await ownLab(context, flags, cache);
  for (const lab of labs) {
    for (const line of await takeDown(lab)) context.out.note(line);
    context.out.line(`the lab of ${lab.plan.clusterName} is gone`);
  }
  if (labs.length === 0) context.out.line('there is no lab');
  context.out.result({ removed: labs.map(({ plan }) => plan.clusterId) });
}

const FORGOTTEN =
  'Name the folder that `ironkeel lab up` was run in with -C DIR, or remove every lab with `ironkeel lab down --all`';

async function ownLab(context: CliContext, flags: GlobalFlags, cache: string): Promise<readonly Lab[]> {
  const id = clusterId(context, flags, FORGOTTEN);
  const lab = findLab(cache, id);
  if (lab !== undefined) return [lab];
  await removeRemains(cache, id);
  return [];
}
