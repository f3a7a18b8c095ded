/**
 * The inventory after reading, defaults and validation: what the rest of Ironkeel works on. The user's
 * own file has another, looser shape (see `schema.ts`); nothing below this room sees that shape.
 */
export const ROLES = ['controller', 'worker', 'edge'] as const;
export type Role = (typeof ROLES)[number];

/** Name of an operating system in the registry of `os/`, such as `flatcar`. A string, so that a new one touches its own folder alone. */
export type OsName = string;

export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export type KeyType = 'ec-p256' | 'rsa-2048' | 'rsa-4096';

export interface Cluster {
  /** RFC 1123 label; the kubeconfig's context has this name. */
  readonly name: string;
  readonly kubernetes: { readonly version: string };
  /** The user's own flags and configuration for single components, checked against what the version knows. */
  readonly components: ComponentSettings;
  /** The pod network: flannel, or one that the user installs. */
  readonly cni: 'flannel' | 'none';
  /** Whether ordinary pods may run on controllers. */
  readonly schedulableControllers: boolean;
  readonly etcd: EtcdSettings;
  readonly addons: AddonSettings;
  readonly firewall: FirewallSettings;
  readonly ingress: IngressSettings;
  /** OCI archives of the user's own that machines import and keep. */
  readonly preload: readonly PreloadArchive[];
  /** Where people and kubeconfigs reach the API. Host is a DNS name or an IP, port 6443 unless told. */
  readonly endpoint: { readonly host: string; readonly port: number };
  /** SSH public keys in OpenSSH form, comments kept. */
  readonly sshKeys: readonly string[];
  /** CIDR blocks, canonical form. */
  readonly podRange: string;
  readonly serviceRange: string;
  /** DNS zone inside the cluster, `cluster.local`. */
  readonly clusterDomain: string;
  readonly domains: readonly Domain[];
  /** Where certificates come from of the domains that have them from an ACME server. */
  readonly acme?: AcmeSettings | undefined;
  readonly nodeNames: 'machine' | 'ip';
  readonly proxy?: Proxy | undefined;
  readonly ntp: readonly string[];
  readonly registries: readonly Registry[];
  /** Base URL that replaces every publisher's host when artefacts are downloaded; see `install.sh`. */
  readonly artefactMirror?: string | undefined;
  readonly certificates: CertificateSettings;
  readonly machines: readonly Machine[];
}

export const COMPONENT_NAMES = ['apiServer', 'controllerManager', 'scheduler', 'etcd', 'kubelet', 'kubeProxy'] as const;
export type ComponentName = (typeof COMPONENT_NAMES)[number];

export type ComponentSettings = Readonly<Record<ComponentName, ComponentSetting>>;

export interface ComponentSetting {
  /** Command-line flags by name, without dashes; they win over Ironkeel's. The kubelet and kube-proxy take configuration instead. */
  readonly flags: Readonly<Record<string, string>>;
  /** Fields merged into the component's configuration file (kubelet, kubeProxy); empty for the others. */
  readonly config: Readonly<Record<string, unknown>>;
}

export interface EtcdSettings {
  /** Undefined: one member on every controller. */
  readonly external?: ExternalEtcd | undefined;
}

export interface ExternalEtcd {
  /** `https://host:port` */
  readonly endpoints: readonly string[];
  /** PEM texts, read from the files the inventory names. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface AddonSettings {
  readonly metricsServer: boolean;
  /** The default StorageClass on the machines' own disks. */
  readonly localStorage: boolean;
  /** The enforcer of NetworkPolicies beside flannel. */
  readonly networkPolicy: boolean;
  /** The dashboard. */
  readonly headlamp: boolean;
}

export interface FirewallSettings {
  readonly enabled: boolean;
  /** Ranges that count as nodes besides the machines' own addresses; needed where addresses come from DHCP. */
  readonly nodes: readonly string[];
  /** Ranges that reach SSH, a single address as a /32. Undefined: anybody on controllers and workers, private ranges and nodes on edges. */
  readonly ssh?: readonly string[] | undefined;
  /** Ranges that reach the API on controllers, a single address as a /32. Undefined: anybody. */
  readonly api?: readonly string[] | undefined;
}

export interface IngressSettings {
  /** What takes requests from the world on the edges; `none` where there is no edge. */
  readonly controller: 'traefik' | 'none';
  /** Who answers for hosts and paths that no Ingress names. */
  readonly defaultBackend: {
    /** Full name of an image of the user's own that answers `/healthz`. Undefined: ours. */
    readonly image?: string | undefined;
    readonly port: number;
  };
  /** Whether what is asked by HTTP is told to come back by HTTPS. */
  readonly redirectToHttps: boolean;
  /** An address that one of the edges has, whichever serves. All of them have known addresses in its segment. */
  readonly floatingAddress?: string | undefined;
  /** Ranges of balancers in front of the edges, which are believed about who the client is. */
  readonly trustedProxies: readonly string[];
}

export interface PreloadArchive {
  /** `https://…`, or a path below the artefact mirror such as `images/app.tar`. */
  readonly source: string;
  /** Hex. */
  readonly sha256: string;
  /** Roles of the machines that get it. Every one unless told. */
  readonly roles: readonly Role[];
}

export interface Domain {
  readonly name: string;
  /** Names of the edge machines that serve it. Default: every edge. */
  readonly edges: readonly string[];
  /** Its certificates come from an ACME server. Undefined: the cluster's own authority for domains signs them. */
  readonly acme?: { readonly wildcard: boolean } | undefined;
}

export interface AcmeSettings {
  /** Where the ACME server's operator writes to. */
  readonly email: string;
  /** `https://…`, the server's directory. */
  readonly server: string;
  /** Authorities in PEM that signed the server's own certificate. Undefined: those every system trusts. */
  readonly ca?: string | undefined;
  /** How a wildcard is proven: `dns01` of a cert-manager solver, checked against its schema. */
  readonly dns01?: Readonly<Record<string, unknown>> | undefined;
}

export interface Proxy {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /** Hosts, suffixes and CIDR blocks that bypass the proxy, the cluster's own ranges not included. */
  readonly noProxy: readonly string[];
}

export interface Registry {
  /** The host images are named by, such as `docker.io`. */
  readonly host: string;
  /** Base URLs asked first, in order. */
  readonly mirrors: readonly string[];
}

export interface CertificateSettings {
  readonly keyType: KeyType;
  readonly caLifetimeDays: number;
  readonly leafLifetimeDays: number;
  /** A leaf with less life left than this is issued anew by `build`. */
  readonly renewBeforeDays: number;
}

export interface Machine {
  readonly name: string;
  readonly role: Role;
  /** The address on the machine; undefined when DHCP gives an address nobody knows beforehand. */
  readonly ip?: string | undefined;
  /** What DNS shows to the world, where it differs from `ip` (1:1 NAT). */
  readonly publicAddress?: string | undefined;
  /** Lower-case, colon-separated. */
  readonly mac?: string | undefined;
  readonly architecture: Architecture;
  readonly os: OsName;
  /** Release channel of the OS: flatcar stable|beta|alpha|lts, fedora-coreos stable|testing|next, debian/ubuntu release. */
  readonly osChannel: string;
  /** The disk the OS is installed on, such as `/dev/sda` or `/dev/disk/by-id/…`; undefined when installed already. */
  readonly installDisk?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Undefined: DHCP. */
  readonly network?: StaticNetwork | undefined;
  readonly files: readonly ExtraFile[];
  readonly units: readonly ExtraUnit[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface StaticNetwork {
  /** Address with prefix length, `10.10.10.2/24`. */
  readonly address: string;
  readonly gateway?: string | undefined;
  readonly dns: readonly string[];
  readonly mtu?: number | undefined;
  /** How the interface is found; undefined: the machine's only Ethernet interface. */
  readonly mac?: string | undefined;
}

export interface ExtraFile {
  /** Absolute, normalised, outside what Ironkeel owns. */
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

export interface ExtraUnit {
  readonly name: string;
  readonly content: string;
  readonly enabled: boolean;
}
