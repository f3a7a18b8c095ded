import type { KnownOptions } from './component-options.js';
import type { FieldSchema } from './field-schema.js';

/** What the inventory is checked against: everything the rules know of the world outside the file. */
export interface InventoryCatalogue {
  /** Kubernetes versions whose checksums are known, newest first, such as `1.36.4`. */
  readonly kubernetesVersions: readonly string[];
  /** Minors whose other releases can be built once their checksums are pinned, such as `1.37`. */
  readonly kubernetesMinors?: readonly string[] | undefined;
  /** Whether the checksums of such a release are pinned; without an answer they are not. */
  readonly isPinned?: ((kubernetesVersion: string) => boolean) | undefined;
  readonly defaultKubernetesVersion: string;
  /** The operating systems of the registry, in its order. */
  readonly systems: readonly SystemChoice[];
  /** What the components of a Kubernetes version take; where it is missing, their settings go unchecked, with a warning. */
  readonly componentOptions?: ((kubernetesVersion: string) => KnownOptions) | undefined;
  /** What the cert-manager of a cluster takes as a `dns01` solver; where it is missing, one goes unchecked. */
  readonly dns01Schema?: (() => FieldSchema) | undefined;
  /** Ironkeel's own version, for messages about fields that a later one will bring. */
  readonly ironkeelVersion?: string | undefined;
}

export interface SystemChoice {
  readonly name: string;
  readonly channels: readonly string[];
  readonly defaultChannel: string;
  readonly architectures: readonly string[];
}

export interface InventoryContext extends InventoryCatalogue {
  /** A file the inventory names (SSH public keys, contents of extra files); a relative path starts at the inventory's folder. */
  readFile(path: string): FileReading;
}

/** `error` completes the sentence "cannot read PATH: …". */
export type FileReading = { readonly content: Uint8Array } | { readonly error: string };
