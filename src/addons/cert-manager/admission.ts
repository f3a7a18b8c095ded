import { BOOTSTRAP_USER } from '../../pki/identities.js';
import { clusterMeta } from '../objects.js';
import type { KubernetesObject } from '../types.js';
import { NAMESPACE, WEBHOOK, WEBHOOK_CA } from './names.js';

const ADMISSION = 'admissionregistration.k8s.io/v1';

/** What the API server asks the webhook about. Source: cert-manager's chart. */
export function webhookRegistrations(): KubernetesObject[] {
  return [
    registration('MutatingWebhookConfiguration', '/mutate', {
      rules: [rule(['cert-manager.io'], ['CREATE'], ['certificaterequests'])],
    }),
    registration('ValidatingWebhookConfiguration', '/validate', {
      rules: [rule(['cert-manager.io', 'acme.cert-manager.io'], ['CREATE', 'UPDATE'], ['*/*'])],
      matchConditions: [notOfMachines()],
    }),
  ];
}

/**
 * What the machines' own program brings is applied as one, the issuer with the webhook it would be asked of, and again
 * whenever a controller boots: nothing of it may wait for a pod.
 */
function notOfMachines() {
  return { name: 'not-of-machines', expression: `request.userInfo.username != "${BOOTSTRAP_USER}"` };
}

function rule(apiGroups: readonly string[], operations: readonly string[], resources: readonly string[]) {
  return { apiGroups, apiVersions: ['v1'], operations, resources, scope: '*' };
}

function registration(kind: string, path: string, fields: Readonly<Record<string, unknown>>): KubernetesObject {
  const annotations = { 'cert-manager.io/inject-ca-from-secret': `${NAMESPACE}/${WEBHOOK_CA}` };
  const webhook = {
    name: 'webhook.cert-manager.io',
    // The authority comes from cainjector, once the webhook has made one.
    clientConfig: { service: { name: WEBHOOK, namespace: NAMESPACE, path, port: 443 } },
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    sideEffects: 'None',
    timeoutSeconds: 10,
    ...fields,
  };
  return {
    apiVersion: ADMISSION,
    kind,
    metadata: { ...clusterMeta(WEBHOOK, WEBHOOK), annotations },
    webhooks: [webhook],
  };
}
