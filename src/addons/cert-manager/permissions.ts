import { clusterMeta, type RoleRule } from '../objects.js';
import type { KubernetesObject } from '../types.js';
import { CAINJECTOR, CONTROLLER, NAMESPACE, ownMeta, WEBHOOK, WEBHOOK_CA } from './names.js';

const RBAC = 'rbac.authorization.k8s.io/v1';
const CM = 'cert-manager.io';
const ACME = 'acme.cert-manager.io';
const READ = ['get', 'list', 'watch'];

/** Source: the roles of cert-manager's chart, without those for the Gateway API, OpenShift and Kubernetes' requests. */
export function permissions(): KubernetesObject[] {
  return [
    ...[CONTROLLER, WEBHOOK, CAINJECTOR].map(account),
    ...clusterRole(CONTROLLER, CONTROLLER_RULES),
    ...ownRole(CONTROLLER, election('cert-manager-controller')),
    ...clusterRole(WEBHOOK, WEBHOOK_RULES),
    ...ownRole(WEBHOOK, [
      { apiGroups: [''], resources: ['secrets'], resourceNames: [WEBHOOK_CA], verbs: [...READ, 'update'] },
      // What does not exist yet has no name that a rule could hold.
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    ]),
    ...clusterRole(CAINJECTOR, CAINJECTOR_RULES),
    ...ownRole(CAINJECTOR, [
      { apiGroups: [''], resources: ['secrets'], verbs: READ },
      ...election('cert-manager-cainjector-leader-election'),
    ]),
    userRole('view', ['view', 'edit', 'admin'], VIEW_RULES),
    userRole('edit', ['edit', 'admin'], EDIT_RULES),
  ];
}

/** Certificates are Secrets beside the Ingresses that use them, in any namespace: so it has to reach all of them. */
const CONTROLLER_RULES: readonly RoleRule[] = [
  {
    apiGroups: [CM],
    resources: ['certificates', 'certificaterequests'],
    verbs: [...READ, 'create', 'update', 'patch', 'delete'],
  },
  { apiGroups: [CM], resources: ['issuers', 'clusterissuers'], verbs: [...READ, 'update', 'patch'] },
  {
    apiGroups: [CM],
    resources: statusOf('certificates', 'certificaterequests', 'issuers', 'clusterissuers'),
    verbs: ['update', 'patch'],
  },
  {
    apiGroups: [CM],
    resources: finalizersOf('certificates', 'certificaterequests', 'issuers', 'clusterissuers'),
    verbs: ['update'],
  },
  {
    apiGroups: [CM],
    resources: ['signers'],
    resourceNames: [`issuers.${CM}/*`, `clusterissuers.${CM}/*`],
    verbs: ['approve'],
  },
  { apiGroups: [ACME], resources: ['orders', 'challenges'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [ACME], resources: statusOf('orders', 'challenges'), verbs: ['update', 'patch'] },
  { apiGroups: [ACME], resources: finalizersOf('orders', 'challenges'), verbs: ['update'] },
  { apiGroups: [''], resources: ['secrets'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods', 'services'], verbs: [...READ, 'create', 'delete'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: [...READ, 'create', 'update', 'delete'] },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/finalizers'], verbs: ['update'] },
];

/** Whether somebody may approve a request is asked of the API server. */
const WEBHOOK_RULES: readonly RoleRule[] = [
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
];

const CAINJECTOR_RULES: readonly RoleRule[] = [
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: [...READ, 'update', 'patch'],
  },
  { apiGroups: [''], resources: ['events'], verbs: ['get', 'create', 'update', 'patch'] },
];

const VIEW_RULES: readonly RoleRule[] = [
  { apiGroups: [CM], resources: ['certificates', 'certificaterequests', 'issuers'], verbs: READ },
  { apiGroups: [ACME], resources: ['challenges', 'orders'], verbs: READ },
];

const CHANGE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/** As upstream: whoever could make a challenge or change an order could have it solved with others' credentials. */
const EDIT_RULES: readonly RoleRule[] = [
  { apiGroups: [CM], resources: ['certificates', 'certificaterequests', 'issuers'], verbs: CHANGE },
  { apiGroups: [CM], resources: ['certificates/status'], verbs: ['update'] },
  { apiGroups: [ACME], resources: ['challenges'], verbs: ['delete', 'deletecollection', 'patch', 'update'] },
  { apiGroups: [ACME], resources: ['orders'], verbs: ['delete', 'deletecollection'] },
];

function statusOf(...resources: readonly string[]) {
  return resources.map((each) => `${each}/status`);
}

function finalizersOf(...resources: readonly string[]) {
  return resources.map((each) => `${each}/finalizers`);
}

/** The lock by which several instances agree on one that works. */
function election(name: string): RoleRule[] {
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    { ...leases, resourceNames: [name], verbs: ['get', 'update', 'patch'] },
    { ...leases, verbs: ['create'] },
  ];
}

function account(part: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: ownMeta(part), automountServiceAccountToken: false };
}

function clusterRole(part: string, rules: readonly RoleRule[]): KubernetesObject[] {
  const metadata = clusterMeta(part, `ironkeel:${part}`);
  return [
    { apiVersion: RBAC, kind: 'ClusterRole', metadata, rules },
    { apiVersion: RBAC, kind: 'ClusterRoleBinding', metadata, ...binding('ClusterRole', part) },
  ];
}

function ownRole(part: string, rules: readonly RoleRule[]): KubernetesObject[] {
  const metadata = ownMeta(part, `ironkeel:${part}`);
  return [
    { apiVersion: RBAC, kind: 'Role', metadata, rules },
    { apiVersion: RBAC, kind: 'RoleBinding', metadata, ...binding('Role', part) },
  ];
}

function binding(kind: string, part: string) {
  return {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: `ironkeel:${part}` },
    subjects: [{ kind: 'ServiceAccount', name: part, namespace: NAMESPACE }],
  };
}

/** Adds to the roles that every cluster has for people. */
function userRole(name: string, roles: readonly string[], rules: readonly RoleRule[]): KubernetesObject {
  const meta = clusterMeta(CONTROLLER, `ironkeel:cert-manager-${name}`);
  const adds = roles.map((role) => [`rbac.authorization.k8s.io/aggregate-to-${role}`, 'true']);
  const metadata = { ...meta, labels: { ...meta.labels, ...Object.fromEntries(adds) } };
  return { apiVersion: RBAC, kind: 'ClusterRole', metadata, rules };
}
