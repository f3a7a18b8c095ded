import { clusterMeta } from '../objects.js';
import type { KubernetesObject } from '../types.js';
import { CONTROLLER, ISSUER, NAMESPACE, WEBHOOK, WEBHOOK_CA } from './names.js';

const ADMISSION = 'admissionregistration.k8s.io/v1';

/** How the machines' own program is called when it applies this. */
const APPLIER = 'ironkeel:bootstrap';

/** What the API server asks the webhook about. Source: cert-manager's chart. */
export function webhookRegistrations(): KubernetesObject[] {
  return [
    registration('MutatingWebhookConfiguration', '/mutate', {
      rules: [rule(['cert-manager.io'], ['CREATE'], ['certificaterequests'])],
    }),
    registration('ValidatingWebhookConfiguration', '/validate', {
      rules: [rule(['cert-manager.io', 'acme.cert-manager.io'], ['CREATE', 'UPDATE'], ['*/*'])],
      matchConditions: [notOurIssuer()],
    }),
  ];
}

/**
 * The issuer beside this is applied with everything else, before there is a webhook, and again whenever a controller
 * boots: nothing of it may wait for a pod.
 */
function notOurIssuer() {
  const ours = [
    'request.resource.resource == "clusterissuers"',
    `request.name == "${ISSUER}"`,
    `request.userInfo.username == "${APPLIER}"`,
  ];
  return { name: 'not-of-ironkeel', expression: `!(${ours.join(' && ')})` };
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

const EDIT_IN_PLACE = 'acme.cert-manager.io/http01-edit-in-place';

/**
 * An Ingress that wants a certificate gets the annotation by which the answer to a challenge is a path of that very
 * Ingress: the controller on the edges refuses a second Ingress for a host, as cert-manager would make one.
 */
export function editInPlace(): KubernetesObject[] {
  const metadata = clusterMeta(CONTROLLER, 'ironkeel:acme-edit-in-place');
  return [
    { apiVersion: ADMISSION, kind: 'MutatingAdmissionPolicy', metadata, spec: policy() },
    { apiVersion: ADMISSION, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: metadata.name } },
  ];
}

function policy() {
  const annotation = (name: string) => `object.metadata.?annotations[?"${name}"].orValue("")`;
  const asks = `${annotation('cert-manager.io/cluster-issuer')} == "${ISSUER}" || ${annotation('kubernetes.io/tls-acme')} == "true"`;
  return {
    matchConstraints: {
      matchPolicy: 'Equivalent',
      resourceRules: [
        {
          apiGroups: ['networking.k8s.io'],
          apiVersions: ['v1'],
          operations: ['CREATE', 'UPDATE'],
          resources: ['ingresses'],
          scope: 'Namespaced',
        },
      ],
    },
    matchConditions: [
      { name: 'asks-for-a-certificate', expression: asks },
      { name: 'says-nothing-itself', expression: `${annotation(EDIT_IN_PLACE)} == ""` },
    ],
    // An Ingress without it is worth more than none.
    failurePolicy: 'Ignore',
    reinvocationPolicy: 'Never',
    mutations: [
      {
        patchType: 'JSONPatch',
        jsonPatch: {
          expression: `[JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("${EDIT_IN_PLACE}"), value: "true"}]`,
        },
      },
    ],
  };
}
