import type { ApiObservation } from '../api/probe.js';
import type { Pod } from '../api/view.js';
import type { Expectation } from '../expectation.js';
import type { Cause, PartItem } from '../types.js';
import { fault, waiting } from './causes.js';
import type { JudgedPart } from './etcd.js';
import { explainPod } from './pods.js';

/** Static pods of a controller that no probe of ours asks; kubelets show them as NAME-NODE in kube-system. */
const COMPONENTS = ['kube-controller-manager', 'kube-scheduler'] as const;

/** API servers, controller managers and schedulers, one of each on every controller, and the endpoint. */
export function judgeControlPlane({ plan }: Expectation, api: ApiObservation | undefined): JudgedPart {
  const servers = plan.controllers.map(({ machine }) => {
    const server = api?.controllers.get(machine.name);
    const detail = server?.ready ? 'ready' : (server?.failure?.message ?? 'nobody knows its address');
    // One whose address nobody knows is not held against it: its node tells.
    return { name: machine.name, ready: server === undefined ? api?.view !== undefined : server.ready, detail };
  });
  const others =
    api?.view === undefined
      ? []
      : plan.controllers.flatMap(({ nodeName }) => judgePods(nodeName, api.view?.pods ?? []));
  const ready = servers.filter((server) => server.ready).length;
  const summary = `${ready} of ${servers.length} ${servers.length === 1 ? 'API server' : 'API servers'}`;
  const unready = others.filter((item) => !item.ready);
  const causes = [
    ...(api === undefined ? [] : judgeEndpoint(api, ready > 0)),
    ...(ready < servers.length ? [waiting('api-servers', explainServers(summary, servers))] : []),
    ...unready.map(({ name, detail }) => waiting('control-plane-pod', `${name} ${detail}`)),
  ];
  const isReady = causes.length === 0 && api?.view !== undefined;
  return { status: { ready: isReady, summary, items: [...servers, ...others] }, causes };
}

function explainServers(summary: string, servers: readonly PartItem[]): string {
  const down = servers.filter(({ ready }) => !ready);
  return `${summary}: ${down.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`;
}

/** The endpoint where it is more than one of the API servers that are listed anyway. */
function judgeEndpoint(api: ApiObservation, others: boolean): Cause[] {
  const { endpoint, controllers, failure } = api;
  const causes = failure === undefined ? [] : [failure];
  if (endpoint.ready || endpoint.failure === undefined) return causes;
  const listed = [...controllers.values()].some(({ url }) => url === endpoint.url);
  if (listed && endpoint.failure.code !== 'other-cluster') return causes;
  // That nobody answers is said of the API servers themselves.
  if (!others) return endpoint.failure.severity === 'error' ? [...causes, endpoint.failure] : causes;
  const message = `API servers are ready, but not by the endpoint of the kubeconfig: ${endpoint.failure.message}`;
  return [...causes, fault(endpoint.failure.code, message, endpoint.failure.remedy)];
}

function judgePods(nodeName: string, pods: readonly Pod[]): PartItem[] {
  return COMPONENTS.map((component) => {
    const name = `${component}-${nodeName}`;
    const pod = pods.find((each) => each.name === name && each.namespace === 'kube-system');
    if (pod === undefined) return { name, ready: false, detail: 'is not there yet' };
    return { name, ready: pod.ready, detail: pod.ready ? 'ready' : explainPod(pod) };
  });
}
