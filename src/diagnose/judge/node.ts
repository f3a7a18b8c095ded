import type { Cluster } from '../../inventory/types.js';
import type { ApiObservation } from '../api/probe.js';
import type { NodeView } from '../api/view.js';
import type { Cause } from '../types.js';
import { fault, note, shorten, waiting } from './causes.js';

/** What keeps a machine whose kubelet runs from being a node. */
export function judgeRegistration(nodeName: string, api: ApiObservation | undefined): Cause | undefined {
  if (api?.view === undefined) return waiting('waits-for-api', 'waits for an API server');
  if (api.view.nodes.has(nodeName)) return undefined;
  return waiting('not-registered', `its kubelet has not registered the node ${nodeName} yet`);
}

/**
 * What keeps a registered node from being Ready.
 * @param bootId of the machine, if known: until its kubelet has reported in this boot, the API tells of an earlier one.
 */
export function judgeNode(node: NodeView, version: string, bootId: string | undefined, cni: Cluster['cni']): Cause[] {
  if (isOfEarlierBoot(node, bootId))
    return [waiting('stale-node', 'its kubelet has not reported since the machine started')];
  const causes: Cause[] = [];
  if (!node.ready) causes.push(explainNotReady(node.message, cni));
  if (node.kubeletVersion !== `v${version}`) {
    const remedy = 'attach its newest drive, or wait until its programs are installed and the kubelet is restarted';
    causes.push(fault('kubelet-version', `runs kubelet ${node.kubeletVersion}, and ${version} was built`, remedy));
  }
  if (node.shortOf.length > 0) {
    const message = `is short of ${node.shortOf.join(' and ')}: its kubelet takes no new pods, and ends some`;
    causes.push(fault('pressure', message, 'make room on it; the kubelet takes pods again some minutes later'));
  }
  if (node.unschedulable) causes.push(note('cordoned', 'is cordoned: no new pods are put there', 'kubectl uncordon'));
  return causes;
}

/** Whether what the API says of a node is from before the machine started. */
export function isOfEarlierBoot(node: NodeView, bootId: string | undefined): boolean {
  return bootId !== undefined && bootId !== '' && node.bootId !== '' && node.bootId !== bootId;
}

function explainNotReady(message: string, cni: Cluster['cni']): Cause {
  if (/cni plugin not initialized|NetworkPluginNotReady|NetworkReady=false/i.test(message)) {
    if (cni === 'none') {
      const remedy = 'cluster.yaml says cni: none, so install yours, with kubectl apply or its own installer';
      return fault('no-pod-network', 'waits for a pod network of your own: none has set itself up there yet', remedy);
    }
    return waiting('no-pod-network', 'waits for the pod network: no CNI plugin has set it up there yet');
  }
  if (/Kubelet stopped posting node status/i.test(message)) {
    return waiting('kubelet-silent', 'its kubelet has stopped reporting: the machine is off, or cannot reach the API');
  }
  if (message === '') return waiting('not-ready', 'its kubelet does not report Ready yet');
  return waiting('not-ready', `its kubelet reports: ${shorten(message)}`);
}
