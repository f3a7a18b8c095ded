import type { ClusterPlan } from '../plan/index.js';
import type { ComponentImages, ImageComponent } from '../releases/images.js';

/** An object of the Kubernetes API as it is applied: no status, no fields the API server sets. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  /** `spec`, `data`, `rules` and whatever else the kind has; plain values, as YAML holds them. */
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface AddonContext {
  readonly plan: ClusterPlan;
  readonly images: ComponentImages;
}

/**
 * A part of the cluster that lives in the API rather than on a machine: one folder and one line of the registry
 * each. Every object gets the label `ironkeel.dev/managed: "true"` when it is rendered.
 */
export interface Addon {
  /** Lower case with dashes; the folder's name and part of the rendered file's. */
  readonly name: string;
  enabled(plan: ClusterPlan): boolean;
  /** The images its pods run, to be preloaded on the machines that {@link on} names. */
  readonly images: readonly ImageComponent[];
  /** Which machines may run its pods; `workers` are all that take ordinary pods, edges and untainted controllers too. */
  readonly on: 'all' | 'workers' | 'edges';
  /** In the order they are applied. */
  objects(context: AddonContext): readonly KubernetesObject[];
}
