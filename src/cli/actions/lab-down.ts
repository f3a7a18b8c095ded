import { findLab, findLabs, requireHost, takeDown } from '../../lab/index.js';
import type { LabDownFlags } from '../commands/lab-down.js';
import type { CliContext } from '../context.js';
import type { GlobalFlags } from '../globals.js';
import { clusterId, labCache } from './lab.js';

/** Removes the lab of the cluster, or every one. That there is none is fine. */
export default async function labDown(context: CliContext, flags: LabDownFlags & GlobalFlags): Promise<void> {
  requireHost(process.platform, process.getuid?.());
  const cache = labCache(context);
  const found = flags.all ? findLabs(cache) : [findLab(cache, clusterId(context, flags))];
  const labs = found.filter((lab) => lab !== undefined);
  for (const lab of labs) {
    for (const line of await takeDown(lab)) context.out.note(line);
    context.out.line(`the lab of ${lab.plan.clusterName} is gone`);
  }
  if (labs.length === 0) context.out.line('there is no lab');
  context.out.result({ removed: labs.map(({ plan }) => plan.clusterId) });
}
