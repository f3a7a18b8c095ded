import type { Pod } from '../api/view.js';
import { shorten } from './causes.js';

/** Why a pod is not ready, to stand behind its name. */
export function explainPod({ waiting, node }: Pod): string {
  const { reason = '', message = '' } = waiting ?? {};
  const more = message === '' ? '' : `: ${shorten(message)}`;
  switch (reason) {
    case '':
      return node === '' ? 'waits for a node' : 'is starting';
    case 'Unschedulable':
      return /not-ready|uninitialized|network-unavailable/.test(message)
        ? 'waits for a Ready node: the pod network is not up yet'
        : `finds no node${more}`;
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
