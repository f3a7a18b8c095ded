import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type ApiCredentials,
  type EdgeExpectation,
  edgeExpectation,
  readKubeconfig,
  type TrustAnchors,
} from '../../diagnose/index.js';
import type { Domain } from '../../inventory/types.js';
import { inputError } from '../../support/problem.js';
import { type CliContext, clusterPaths, displayPath } from '../context.js';
import { demandDomains } from '../domains.js';
import type { GlobalFlags } from '../globals.js';
import { readInventory } from '../inventory.js';

/** All that looking at edges from outside takes. */
export interface EdgeSession {
  readonly domains: readonly [Domain, ...Domain[]];
  readonly expected: EdgeExpectation;
  readonly anchors: TrustAnchors;
  /** Undefined where nothing was built yet. */
  readonly credentials?: ApiCredentials | undefined;
  /** The Kubernetes version of the inventory. */
  readonly kubernetes: string;
}

/**
 * Reads the inventory and, as far as it was built, who is to be trusted and how the API is reached.
 *
 * @throws InputError when there is no domain, or a file cannot be used.
 */
export async function openEdgeSession(
  context: CliContext,
  flags: GlobalFlags & { readonly ca?: string | undefined },
): Promise<EdgeSession> {
  const { folder } = clusterPaths(context, flags);
  const { cluster } = await readInventory(context, flags);
  const domains = demandDomains(cluster.domains);
  const authority = join(folder, 'ssl/domains-ca.pem');
  const kubeconfig = join(folder, 'kubeconfig');
  return {
    domains,
    expected: edgeExpectation(cluster),
    anchors: {
      domains: existsSync(authority) ? certificates(context, authority) : [],
      more: flags.ca === undefined ? [] : certificates(context, resolve(context.cwd, flags.ca)),
    },
    credentials: existsSync(kubeconfig)
      ? readKubeconfig(readFileSync(kubeconfig, 'utf8'), displayPath(context, kubeconfig))
      : undefined,
    kubernetes: cluster.kubernetes.version,
  };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function certificates(context: CliContext, path: string): string[] {
  const found = readText(context, path).match(CERTIFICATE) ?? [];
  if (found.length > 0) return found;
  const message = `there is no certificate in ${displayPath(context, path)}`;
  throw inputError('no-certificate', message, 'Give a file with certificates in PEM form');
}

function readText(context: CliContext, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    const message = `cannot read ${displayPath(context, path)}`;
    throw inputError('unreadable-file', message, 'Give a file with certificates in PEM form');
  }
}
