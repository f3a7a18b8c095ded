import type { KubernetesObject } from './types.js';

/** Everything of ours runs beside the control plane's pods: one namespace that no prune could ever take away. */
export const SYSTEM_NAMESPACE = 'kube-system';

/** A rule of a role. Source: `rbac.authorization.k8s.io/v1`. */
export interface RoleRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

export type Subject = { readonly serviceAccount: string } | { readonly group: string };

/** The recommended labels of what an addon consists of. */
export function standardLabels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'ironkeel' };
}

/** What selectors use: the part of the labels that never changes. */
export function selectorLabels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name };
}

/** Metadata of an object of the system namespace that belongs to an addon. */
export function systemMeta(addon: string, name = addon) {
  return { name, namespace: SYSTEM_NAMESPACE, labels: standardLabels(addon) };
}

/** Metadata of an object outside of namespaces that belongs to an addon. */
export function clusterMeta(addon: string, name: string) {
  return { name, labels: standardLabels(addon) };
}

/** An identity towards the API: that of the addon's pods, unless it has another name. */
export function serviceAccount(addon: string, name = addon): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: systemMeta(addon, name) };
}

/** Texts that pods mount, by file name. */
export function configMap(addon: string, name: string, data: Readonly<Record<string, string>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: systemMeta(addon, name), data };
}

/** A cluster role and its binding to the addon's service account, both of one name. */
export function clusterPermissions(addon: string, name: string, rules: readonly RoleRule[]): KubernetesObject[] {
  const role = { apiVersion: RBAC, kind: 'ClusterRole', metadata: clusterMeta(addon, name), rules };
  return [role, clusterRoleBinding(addon, name, name, { serviceAccount: addon })];
}

const RBAC = 'rbac.authorization.k8s.io/v1';
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** Gives a cluster role to a service account of the system namespace or to a group. */
export function clusterRoleBinding(addon: string, name: string, role: string, subject: Subject): KubernetesObject {
  return {
    apiVersion: RBAC,
    kind: 'ClusterRoleBinding',
    metadata: clusterMeta(addon, name),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: role },
    subjects: [subjectOf(subject)],
  };
}

/** Gives a role of the system namespace to the addon's service account. */
export function roleBinding(addon: string, name: string, role: string): KubernetesObject {
  return {
    apiVersion: RBAC,
    kind: 'RoleBinding',
    metadata: systemMeta(addon, name),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: role },
    subjects: [subjectOf({ serviceAccount: addon })],
  };
}

/** A role of the system namespace. */
export function role(addon: string, name: string, rules: readonly RoleRule[]): KubernetesObject {
  return { apiVersion: RBAC, kind: 'Role', metadata: systemMeta(addon, name), rules };
}

function subjectOf(subject: Subject) {
  if ('group' in subject) return { apiGroup: RBAC_GROUP, kind: 'Group', name: subject.group };
  return { kind: 'ServiceAccount', name: subject.serviceAccount, namespace: SYSTEM_NAMESPACE };
}
