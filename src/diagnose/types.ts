import type { Role } from '../inventory/types.js';

/** What is known of one step of a machine: `unknown` where nobody could be asked. */
export type Verdict = 'yes' | 'no' | 'unknown';

/**
 * `waiting` ends by itself, `error` needs somebody, `note` keeps nothing from being Ready.
 */
export type Severity = 'waiting' | 'error' | 'note';

/** One thing that was found, in words for the person who built the cluster. */
export interface Finding {
  readonly severity: Severity;
  /** Name of a machine, or one of `cluster`, `etcd`, `control plane`, `addons`. */
  readonly subject: string;
  /** Stable, kebab-case, for scripts: `host-key-mismatch`, `downloading`, … */
  readonly code: string;
  /** What it is or waits for: no capital, no full stop, to stand behind `SUBJECT: `. */
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** A finding before it is known whom it is about. */
export type Cause = Omit<Finding, 'subject'>;

/** Where a machine stands, in the order in which it gets there. */
export interface MachineStatus {
  readonly name: string;
  readonly nodeName: string;
  readonly role: Role;
  /** Where it was asked: an address or a name. */
  readonly address?: string | undefined;
  readonly ready: boolean;
  /** Over SSH, with the host key that was built for it. */
  readonly reachable: Verdict;
  /** The generation it runs, and the one that `ironkeel.lock` names. */
  readonly generation: { readonly applied?: number | undefined; readonly built?: number | undefined };
  /** Whether it has adopted a configuration in this boot. */
  readonly provisioned: Verdict;
  readonly runtime: Verdict;
  readonly kubelet: Verdict;
  readonly registered: Verdict;
  /** The node's Ready condition, where it is of this boot. */
  readonly nodeReady: Verdict;
  /** Such as `v1.36.4`. */
  readonly kubeletVersion?: string | undefined;
  readonly bootId?: string | undefined;
}

/** A part of the cluster that is on no machine alone. */
export interface PartStatus {
  readonly ready: boolean;
  /** Such as `1 of 3 members, no quorum yet`. */
  readonly summary: string;
  readonly items: readonly PartItem[];
}

/** An etcd member, an API server, an addon's workload. */
export interface PartItem {
  readonly name: string;
  readonly ready: boolean;
  readonly detail: string;
}

export interface ClusterStatus {
  readonly cluster: string;
  /** The Kubernetes version that was built. */
  readonly kubernetes: string;
  /** Everything is Ready: every machine, etcd, the control plane, the addons; and it is the cluster that was built. */
  readonly ready: boolean;
  /** Everybody who was asked has answered, or failed to. */
  readonly complete: boolean;
  /** The kubeconfig's endpoint answers, is ready, and is of this cluster. */
  readonly apiReady: boolean;
  /** UID of the namespace kube-system, which tells one cluster from another. */
  readonly kubeSystemUid?: string | undefined;
  /** Whether that UID is the one that `ironkeel.lock` records; `unknown` while it records none or nobody tells. */
  readonly confirmed: Verdict;
  readonly machines: readonly MachineStatus[];
  readonly etcd: PartStatus;
  readonly controlPlane: PartStatus;
  readonly addons: PartStatus;
  readonly findings: readonly Finding[];
}
