import { standardLabels } from '../objects.js';

/** A namespace of its own: the account's key and the credentials of DNS providers are kept there. */
export const NAMESPACE = 'cert-manager';

/** Upstream's names, by which other tools find the parts. */
export const CONTROLLER = 'cert-manager';
export const WEBHOOK = 'cert-manager-webhook';
export const CAINJECTOR = 'cert-manager-cainjector';

/** What an Ingress asks for in `cert-manager.io/cluster-issuer`. */
export const ISSUER = 'acme';

/** Where the webhook keeps the authority that it makes for itself. */
export const WEBHOOK_CA = 'cert-manager-webhook-ca';

/** Metadata of an object of the namespace. */
export function ownMeta(part: string, name = part) {
  return { name, namespace: NAMESPACE, labels: standardLabels(part) };
}
