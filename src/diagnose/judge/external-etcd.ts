import type { ApiObservation } from '../api/probe.js';
import type { ExternalMember } from '../external-etcd.js';
import type { MachineObservation } from '../machine-probe.js';
import type { PartItem } from '../types.js';
import { fault, shorten, waiting } from './causes.js';
import type { JudgedPart } from './etcd.js';

/** An etcd of the user's own, as the controllers reach it; before they have asked, as the API servers use it. */
export function judgeExternalEtcd(
  endpoints: readonly string[],
  machines: ReadonlyMap<string, MachineObservation>,
  api: ApiObservation | undefined,
): JudgedPart {
  const views = [...machines].flatMap(([machine, { report }]) =>
    (report?.externalEtcd ?? []).map((member) => ({ ...member, machine })),
  );
  // An API server is not ready without etcd.
  const used = api?.view !== undefined;
  const items = endpoints.map((endpoint) => describe(endpoint, views, used));
  const silent = items.filter(({ ready }) => !ready);
  const members = endpoints.length === 1 ? 'member' : 'members';
  const summary = `external, ${items.length - silent.length} of ${items.length} ${members}`;
  if (views.length === 0 && !used) {
    const message = 'external, no API server uses it yet';
    return { status: { ready: false, summary: message, items }, causes: [waiting('etcd-external', message)] };
  }
  const causes = silent.map(({ name, detail }) => fault('etcd-external', `the external ${name} ${detail}`, REMEDY));
  return { status: { ready: used && causes.length === 0, summary, items }, causes };
}

const REMEDY =
  'look that it runs and lets the controllers in; cluster.yaml has its addresses and certificates under etcd: {external: …}';

type View = ExternalMember & { readonly machine: string };

function describe(endpoint: string, views: readonly View[], used: boolean): PartItem {
  const failing = views.filter((view) => view.endpoint === endpoint && !view.healthy);
  if (failing.length > 0) {
    const reasons = [...new Set(failing.map(({ reason = 'no reason given' }) => reason))].join('; ');
    const from = failing.map(({ machine }) => machine).join(', ');
    return { name: endpoint, ready: false, detail: `does not serve ${from}: ${shorten(reasons)}` };
  }
  const ready = used || views.some((view) => view.endpoint === endpoint);
  return { name: endpoint, ready, detail: ready ? 'answers' : 'nobody has asked it yet' };
}
