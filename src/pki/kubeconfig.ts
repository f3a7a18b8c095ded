import { encodeYaml } from '../formats/yaml.js';

/** A kubeconfig with one cluster, one user and one context. */
export interface Kubeconfig {
  /** Name of the cluster and of the context. */
  readonly cluster: string;
  readonly user: string;
  /** `https://host:port` */
  readonly server: string;
  /** Embedded PEMs, or the path of a file on the machine. */
  readonly authority: { readonly pem: string } | { readonly file: string };
  /** Embedded PEMs, or the path of one file with certificate and key. */
  readonly credentials: { readonly certificate: string; readonly key: string } | { readonly file: string };
}

/** The YAML of a kubeconfig (`v1`, `Config`). */
export function encodeKubeconfig(config: Kubeconfig): string {
  const { cluster, user, server } = config;
  return encodeYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { server, ...authorityFields(config.authority) } }],
    users: [{ name: user, user: credentialFields(config.credentials) }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    'current-context': cluster,
  });
}

function authorityFields(authority: Kubeconfig['authority']) {
  return 'pem' in authority
    ? { 'certificate-authority-data': base64(authority.pem) }
    : { 'certificate-authority': authority.file };
}

function credentialFields(credentials: Kubeconfig['credentials']) {
  return 'file' in credentials
    ? { 'client-certificate': credentials.file, 'client-key': credentials.file }
    : { 'client-certificate-data': base64(credentials.certificate), 'client-key-data': base64(credentials.key) };
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
