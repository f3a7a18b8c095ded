import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../support/deadline.js';
import { inputError, WorkError } from '../../support/problem.js';
import { type ClusterGate, pathOf } from '../api/gate.js';
import { type ApiSend, unexpectedStatus } from '../api/sender.js';
import { ECHO_LABEL, ECHO_NAMESPACE, type EchoOptions, echoNamespace, echoObjects } from './objects.js';

/** Milliseconds between two looks, and the longest that a namespace may take to go. */
const INTERVAL = 500;
const REMOVAL = 120_000;

/** The API of a cluster, for reading. */
export interface ApiPlace {
  readonly send: ApiSend;
  readonly base: string;
}

/**
 * Makes way for the test: waits for an earlier one that is being removed.
 *
 * @throws InputError when a namespace of that name is somebody else's.
 */
export async function clearNamespace(place: ApiPlace, signal?: AbortSignal): Promise<void> {
  await withDeadline(REMOVAL, signal, async (ending) => {
    for (;;) {
      const found = await readNamespace(place, ending);
      if (found === undefined) return;
      if (found.metadata.labels?.[ECHO_LABEL] === undefined) throw foreignNamespace();
      // One that was kept is taken over.
      if (found.metadata.deletionTimestamp === undefined) return;
      await sleep(INTERVAL, undefined, { signal: ending });
    }
  });
}

/** Makes the echo, its Service and its Ingress, one after the other. */
export async function deployEcho(gate: ClusterGate, options: EchoOptions, signal: AbortSignal): Promise<void> {
  for (const [object, resource] of echoObjects(options)) {
    signal.throwIfAborted();
    await gate.apply(object, resource);
  }
}

/**
 * Removes all that {@link deployEcho} made, and waits until it is gone.
 *
 * @throws WorkError when the API does not take that, or it takes too long; with the command that does it by hand.
 */
export async function removeEcho(gate: ClusterGate, place: ApiPlace): Promise<void> {
  try {
    await gate.remove(...echoNamespace());
    await withDeadline(REMOVAL, undefined, (ending) => untilGone(place, ending));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = `Remove it by hand: kubectl delete namespace ${ECHO_NAMESPACE}`;
    throw new WorkError(`the test could not be removed: ${reason}`, remedy, { cause: error });
  }
}

async function untilGone(place: ApiPlace, signal: AbortSignal): Promise<void> {
  while ((await readNamespace(place, signal)) !== undefined) await sleep(INTERVAL, undefined, { signal });
}

interface Namespace {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string };
}

async function readNamespace({ send, base }: ApiPlace, signal: AbortSignal): Promise<Namespace | undefined> {
  const path = pathOf(...echoNamespace());
  const { status, body } = await send(base, { method: 'GET', path }, signal);
  if (status === 404) return undefined;
  if (status === 200) return JSON.parse(body) as Namespace;
  throw unexpectedStatus(path, status);
}

function foreignNamespace() {
  const message = `there is a namespace ${ECHO_NAMESPACE} that this test did not make`;
  return inputError('foreign-namespace', message, `Remove it: kubectl delete namespace ${ECHO_NAMESPACE}`);
}
