import type { Pod } from '../api/view.js';
import { shorten } from './causes.js';

/**
 * Why a pod is not ready, to stand behind its name.
 *
 * @param nodesUnready whether a node is not Ready: newer schedulers no longer say which taint a pod does not tolerate.
 */
export function explainPod({ waiting, node }: Pod, nodesUnready = false): string {
  const { reason = '', message = '' } = waiting ?? {};
  const more = message === '' ? '' : `: ${shorten(message)}`;
  switch (reason) {
    case '':
      return node === '' ? 'waits for a node' : 'is starting';
    case 'Unschedulable':
      if (/not-ready|uninitialized|network-unavailable/.test(message)) return NO_NODE;
      return nodesUnready && /untolerated taint/.test(message) ? NO_NODE : `finds no node${firstSentence(message)}`;
    case 'ContainerCreating':
    case 'PodInitializing':
      return node === '' ? 'is being made' : `is being made on ${node}`;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return `cannot get its image on ${node}${more}`;
    case 'CrashLoopBackOff':
      return `ends again and again on ${node}${more}`;
    default:
      return `${reason} on ${node}${more}`;
  }
}

const NO_NODE = 'waits for a Ready node: the pod network is not up yet';

/** What the scheduler says of preemption and claims behind that explains nothing. */
function firstSentence(message: string): string {
  const text = message.replace(/[.,]? (?:no new claims to deallocate|preemption:).*$/, '');
  return text === '' ? '' : `: ${shorten(text)}`;
}
