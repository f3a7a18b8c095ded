import { WorkError } from '../../support/problem.js';
import type { ApiAnswer, ApiSend } from './sender.js';

/** An object of Kubernetes, as far as one has to know it to send it. */
export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}

/** Where objects of a kind are found. */
export interface ApiResource {
  /** `namespaces`, `deployments`, … */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The one way by which objects of a running cluster are changed. */
export interface ClusterGate {
  /** Makes the object, or makes it as given (server-side apply). */
  apply(object: ApiObject, resource: ApiResource): Promise<void>;
  /** Removes the object; one that is not there is fine. */
  remove(object: ApiObject, resource: ApiResource): Promise<void>;
}

export interface GateOptions {
  /** Nothing is sent: every change is told to `onChange` alone. */
  readonly dryRun: boolean;
  /** Hears of every change before it is made, such as `apply Namespace test`. */
  readonly onChange: (change: string) => void;
}

/** Who has set a field, as the API records it. */
const MANAGER = 'ironkeel';

/**
 * A gate to the cluster at `base`.
 *
 * @throws WorkError from its functions when the API does not take a change.
 */
export function clusterGate(send: ApiSend, base: string, { dryRun, onChange }: GateOptions): ClusterGate {
  const change = async (word: string, object: ApiObject, work: () => Promise<ApiAnswer>, fine: readonly number[]) => {
    const what = `${word} ${object.kind} ${object.metadata.name}`;
    onChange(what);
    if (dryRun) return;
    const { status, body } = await work().catch((error: NodeJS.ErrnoException) => {
      throw refused(what, error.code ?? error.message);
    });
    if (!fine.includes(status)) throw refused(what, `${status}: ${messageOf(body)}`);
  };
  return {
    apply(object, resource) {
      const path = `${pathOf(object, resource)}?fieldManager=${MANAGER}&force=true&fieldValidation=Strict`;
      const body = { type: 'application/apply-patch+yaml', content: JSON.stringify(object) };
      return change('apply', object, () => send(base, { method: 'PATCH', path, body }), [200, 201]);
    },
    remove(object, resource) {
      const path = `${pathOf(object, resource)}?propagationPolicy=Background`;
      return change('remove', object, () => send(base, { method: 'DELETE', path }), [200, 202, 404]);
    },
  };
}

/** Where one object is: `/apis/apps/v1/namespaces/x/deployments/y`. */
export function pathOf({ apiVersion, metadata }: ApiObject, { plural, namespaced }: ApiResource): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const below = namespaced ? `/namespaces/${encodeURIComponent(metadata.namespace ?? 'default')}` : '';
  return `${root}${below}/${plural}/${encodeURIComponent(metadata.name)}`;
}

function refused(what: string, reason: string): WorkError {
  const remedy = 'Look with `ironkeel status` whether the API is ready, then run the command again';
  return new WorkError(`the API did not ${what}: ${reason}`, remedy);
}

/** The API's own words. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? message : body.slice(0, 300);
  } catch {
    return body.slice(0, 300);
  }
}
