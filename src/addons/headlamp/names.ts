import { SYSTEM_NAMESPACE } from '../objects.js';

/** What `ironkeel dashboard` asks the API for. */
export const DASHBOARD = {
  namespace: SYSTEM_NAMESPACE,
  workload: 'headlamp',
  /** Of the program in its pod. */
  port: 4466,
  /** Whose tokens it is looked at with. */
  accounts: { view: 'headlamp-view', admin: 'headlamp-admin' },
} as const;
