/**
 * Numeric users, and groups of the same number, of what reads keys of its machine or runs as a static pod. No account has them: they are from
 * the range systemd leaves unused (its "Users, Groups, UIDs and GIDs"), so that no system hands them to anybody.
 */
export const COMPONENT_USERS = {
  etcd: 61001,
  /** API server and controller manager, which share the service-account key. */
  controlPlane: 61002,
  scheduler: 61003,
  balancer: 61004,
  /** The ingress on edges, which reads the domains' keys. */
  ingress: 61005,
} as const;
