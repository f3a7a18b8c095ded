/** What the API tells of the routes from hosts to Services. */
export interface RoutesView {
  readonly ingresses: readonly Ingress[];
  readonly classes: readonly IngressClass[];
  /** Ports of each Service by `NAMESPACE/NAME`; undefined for one that leads out of the cluster by a name. */
  readonly services: ReadonlyMap<string, readonly ServicePort[] | undefined>;
  /** Secrets that Ingresses name, by `NAMESPACE/NAME`: whether they are there, where we may know. */
  readonly secrets: ReadonlyMap<string, boolean>;
}

export interface Ingress {
  /** `NAMESPACE/NAME` */
  readonly id: string;
  readonly namespace: string;
  /** From its field, else from the older annotation. */
  readonly className?: string | undefined;
  readonly routes: readonly Route[];
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secret?: string | undefined }[];
  /** One of several that F5's controller takes together: `nginx.org/mergeable-ingress-type`. */
  readonly mergeable: boolean;
  /** Of ours: the way to the default backend, which gives way to whatever else wants a host. */
  readonly managed: boolean;
}

export interface Route {
  /** Lower case; `*` for every host. */
  readonly host: string;
  readonly path: string;
  readonly exact: boolean;
  /** Undefined for something else than a Service. */
  readonly service?: { readonly name: string; readonly port: string | number } | undefined;
}

export interface IngressClass {
  readonly name: string;
  readonly controller: string;
  readonly isDefault: boolean;
}

export interface ServicePort {
  readonly name?: string | undefined;
  readonly port: number;
}
