import { parse } from 'yaml';
import type { ApiCredentials } from '../../delivery/api/sender.js';
import { inputError } from '../../support/problem.js';

export type { ApiCredentials };

/**
 * The current context of a kubeconfig that `ironkeel build` wrote.
 *
 * @param file named in the error.
 * @throws InputError when it is none, or something is not embedded; the key is never part of it.
 */
export function readKubeconfig(text: string, file: string): ApiCredentials {
  const config = parseYaml(text);
  const context = named(config.contexts, config['current-context'], 'context');
  const cluster = named(config.clusters, context.cluster, 'cluster');
  const user = named(config.users, context.user, 'user');
  const credentials = {
    server: String(cluster.server ?? ''),
    ca: pem(cluster['certificate-authority-data']),
    certificate: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  };
  if (credentials.server.startsWith('https://') && Object.values(credentials).every((value) => value !== ''))
    return credentials;
  const message = `${file} is not a kubeconfig that ironkeel wrote: its current context lacks server, authority or certificate`;
  throw inputError('corrupt-kubeconfig', message, 'Run `ironkeel build --force` to have it written again');
}

type Yaml = Readonly<Record<string, unknown>>;

function parseYaml(text: string): Yaml {
  try {
    return record(parse(text));
  } catch {
    return {};
  }
}

/** The entry of a list with this name, what it holds below `key`. */
function named(list: unknown, name: unknown, key: string): Yaml {
  const entries = Array.isArray(list) ? list.map(record) : [];
  return record(entries.find((entry) => entry.name === name)?.[key]);
}

function pem(base64: unknown): string {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : '';
}

function record(value: unknown): Yaml {
  return typeof value === 'object' && value !== null ? (value as Yaml) : {};
}
