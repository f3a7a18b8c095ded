/** Components that read all the time; what they write is recorded. */
const SYSTEM_USERS = ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler'];
const SYSTEM_GROUPS = ['system:nodes', 'system:serviceaccounts:kube-system'];
const READING = ['get', 'list', 'watch'];

/**
 * Who did what, without the contents: those would put secrets into a log. What the system asks itself all day long
 * is left out, so that the log tells of people. Source: `audit.k8s.io/v1`.
 */
export function auditPolicy() {
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [
      { level: 'None', nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*'] },
      { level: 'None', resources: [{ group: '', resources: ['events'] }, { group: 'events.k8s.io' }] },
      { level: 'None', resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
      { level: 'None', users: SYSTEM_USERS, verbs: READING },
      { level: 'None', userGroups: SYSTEM_GROUPS, verbs: READING },
      {
        level: 'None',
        userGroups: ['system:nodes'],
        resources: [{ group: '', resources: ['nodes/status', 'pods/status'] }],
      },
      { level: 'Metadata' },
    ],
  };
}
