import type { IngressSettings } from '../../inventory/types.js';
import { INGRESS_STATUS_PORT } from '../../manifests/paths.js';
import { INGRESS_DIR } from './machine-files.js';

/** Health and figures, on the machine's loopback alone: nothing of them is to be on a public address. */
export const STATUS_PORT = INGRESS_STATUS_PORT;

/** What Ingresses name it by. */
export const INGRESS_CLASS = 'traefik';

/** By entry point. */
export const WEB_PORTS = { web: 80, websecure: 443 } as const;

/**
 * Traefik's static configuration as flags. Source: "Install configuration" in Traefik's reference, and
 * `pkg/config/static` of its sources.
 */
export function traefikArguments({ redirectToHttps, trustedProxies }: IngressSettings): string[] {
  return [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    ...Object.entries(WEB_PORTS).flatMap(([name, port]) => entryPoint(name, port, trustedProxies)),
    '--entrypoints.websecure.http.tls=true',
    ...(redirectToHttps ? ['--entrypoints.web.http.redirections.entrypoint.to=websecure'] : []),
    // No router of an Ingress is ever on the entry point of this name.
    `--entrypoints.traefik.address=127.0.0.1:${STATUS_PORT}`,
    '--ping=true',
    '--metrics.prometheus=true',
    '--providers.kubernetesingress=true',
    // As the Ingress API says: /shop is not a prefix of /shopping.
    '--providers.kubernetesingress.strictprefixmatching=true',
    // A Service whose pods are all gone is a 503, not the default backend's 404.
    '--providers.kubernetesingress.allowemptyservices=true',
    `--providers.file.directory=${INGRESS_DIR}`,
  ];
}

/** Without a trusted proxy what a request says of its client is thrown away, and the connection's address put there. */
function entryPoint(name: string, port: number, trustedProxies: readonly string[]): string[] {
  const trusted = trustedProxies.join(',');
  return [
    `--entrypoints.${name}.address=:${port}`,
    // For a whole request: with the minute that is usual for it a large upload would be cut off.
    `--entrypoints.${name}.transport.respondingtimeouts.readtimeout=1h`,
    ...(trusted === ''
      ? []
      : [
          `--entrypoints.${name}.forwardedheaders.trustedips=${trusted}`,
          `--entrypoints.${name}.proxyprotocol.trustedips=${trusted}`,
        ]),
  ];
}
