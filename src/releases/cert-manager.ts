import { readFileSync } from 'node:fs';

/** A part of an OpenAPI schema as Kubernetes has them for its kinds: structural, without references. */
export interface StructuralSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** A CustomResourceDefinition of cert-manager. */
export interface KindDefinition {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
    readonly [field: string]: unknown;
  };
}

interface Release {
  /** The tag of its images and of its Go module, such as `v1.21.2`. */
  readonly version: string;
  readonly definitions: readonly KindDefinition[];
}

// The same relative place from `src/releases/` and from `dist/releases/`.
const FILE = new URL('../../data/cert-manager.json', import.meta.url);
let loaded: Release | undefined;

/**
 * The kinds of the cert-manager that clusters get, which `tools/refresh-cert-manager.mjs` keeps in step with its Go
 * module. Read at first use: clusters without it do not pay for it.
 */
export function certManagerRelease(): Release {
  loaded ??= JSON.parse(readFileSync(FILE, 'utf8')) as Release;
  return loaded;
}

/** Where an issuer's schema describes a DNS-01 solver. */
const DNS01_PATH = ['spec', 'acme', 'solvers', 'dns01'] as const;

/** What cert-manager takes as the `dns01` of a solver: one member a provider, and settings of any of them. */
export function dns01Schema(): StructuralSchema {
  const issuers = certManagerRelease().definitions.find(({ metadata }) => metadata.name.startsWith('clusterissuers.'));
  const root = issuers?.spec.versions[0]?.schema.openAPIV3Schema;
  const found = DNS01_PATH.reduce<StructuralSchema | undefined>((schema, name) => {
    const object = schema?.items ?? schema;
    return object?.properties?.[name];
  }, root);
  if (found === undefined) throw new Error('the definitions of cert-manager describe no DNS-01 solver');
  return found;
}
