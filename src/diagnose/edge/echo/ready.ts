import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiGet, readObject } from '../../api/client.js';
import { items, type Json, list, number, record, text } from '../../api/json.js';
import { type Pod, readPod } from '../../api/view.js';

/** Milliseconds between two looks. */
const INTERVAL = 1_000;

/** What has come of the pods of a namespace: ready, or what they wait for in Kubernetes' own words. */
export type PodsState = { readonly ready: true } | { readonly ready: false; readonly waiting: string };

/** Waits until a Deployment has its pods, or `signal` aborts; an API that fails in between is asked again. */
export async function awaitPods(
  get: ApiGet,
  base: string,
  namespace: string,
  deployment: string,
  signal: AbortSignal,
): Promise<PodsState> {
  const read = (path: string) => readObject(get, base, path, signal);
  let state: PodsState = { ready: false, waiting: 'the API was not asked yet' };
  while (!signal.aborted) {
    state = await readState(read, namespace, deployment).catch((error: NodeJS.ErrnoException) =>
      signal.aborted ? state : { ready: false, waiting: `the API does not answer (${error.code ?? error.message})` },
    );
    if (state.ready) break;
    await sleep(INTERVAL, undefined, { signal }).catch(() => undefined);
  }
  return state;
}

async function readState(
  read: (path: string) => Promise<Json>,
  namespace: string,
  deployment: string,
): Promise<PodsState> {
  const found = await read(`/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`);
  const status = record(found.status);
  const seen = number(status.observedGeneration) >= number(record(found.metadata).generation);
  const wanted = number(record(found.spec).replicas);
  if (seen && number(status.updatedReplicas) >= wanted && number(status.availableReplicas) >= wanted)
    return { ready: true };
  const pods = items(await read(`/api/v1/namespaces/${namespace}/pods`)).map(readPod);
  return { ready: false, waiting: pods.map(describePod)[0] ?? describeConditions(status) };
}

function describePod({ name, node, waiting }: Pod): string {
  const where = node === '' ? '' : ` on ${node}`;
  if (waiting === undefined) return `${name}${where} is starting`;
  return `${name}${where}: ${[waiting.reason, waiting.message].filter((part) => part !== '').join(': ')}`;
}

/** Why there is no pod at all, such as a quota. */
function describeConditions(status: Json): string {
  const failure = list(status.conditions).find(({ type }) => type === 'ReplicaFailure');
  return failure === undefined ? 'no pod was made yet' : text(failure.message);
}
