import type { DnsName } from '../../plan/dns-names.js';
import type { Instant } from '../../support/clock.js';

/** An edge as the world meets it, and the domains it serves. */
export interface EdgeTarget {
  readonly edge: string;
  readonly address: string;
  readonly domains: readonly string[];
}

/** What has to be so, by the inventory. */
export interface EdgeExpectation {
  readonly targets: readonly EdgeTarget[];
  /** Edges without an address that is known, which nobody can ask. */
  readonly unknown: readonly string[];
  /** Domains that no edge with a known address serves. */
  readonly unserved: readonly string[];
  /** The records of the domains. */
  readonly names: readonly DnsName[];
  /** Whether the inventory lets anybody on earth reach SSH on edges. */
  readonly sshIsPublic: boolean;
  readonly firewall: boolean;
  /** Whether the inventory has every request by HTTP sent on to HTTPS. */
  readonly redirects?: boolean | undefined;
}

/** `silent`: nothing came back, as from behind a firewall that drops. */
export type PortState = 'open' | 'refused' | 'silent' | 'unreachable';

/** What came back for one request. */
export interface HttpAnswer {
  /** 0 where no answer came. */
  readonly status: number;
  readonly location?: string | undefined;
  /** Bounded. */
  readonly body: string;
  /** The code of Node or OpenSSL: why no answer came. */
  readonly failure?: string | undefined;
}

/** The certificate an edge shows for one name. */
export interface CertificateView {
  readonly issuer: string;
  /** DNS names, as they stand in it. */
  readonly names: readonly string[];
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  /** SHA-256, for telling whether two edges show the same one. */
  readonly fingerprint: string;
  /** Whether it is valid for the name that was asked for. */
  readonly fits: boolean;
}

export interface TlsAnswer {
  readonly host: string;
  readonly certificate?: CertificateView | undefined;
  /** Who vouches for it: the domains' own authority, or one of those that clients come with. */
  readonly trust?: 'domains' | 'public' | undefined;
  /** Why nobody vouches, or why there is no TLS at all: the code of Node or OpenSSL. */
  readonly failure?: string | undefined;
}

export interface DomainAnswer {
  readonly domain: string;
  /** A host below the domain that nobody has given an Ingress. */
  readonly host: string;
  readonly http?: HttpAnswer | undefined;
  readonly https?: HttpAnswer | undefined;
  /** For the domain itself, then for {@link host}. */
  readonly tls: readonly TlsAnswer[];
}

export interface EdgeAnswer {
  readonly target: EdgeTarget;
  readonly ports: ReadonlyMap<number, PortState>;
  readonly domains: readonly DomainAnswer[];
}
