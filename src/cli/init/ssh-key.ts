import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findSshKeyFault } from '../../inventory/ssh-key.js';
import { mintSshHostKey } from '../../secrets/ssh-host-key.js';
import { inputError } from '../../support/problem.js';
import { type CliContext, displayPath } from '../context.js';

/** The public key in the cluster's folder, by the name the inventory gives it. */
export const PUBLIC_KEY = 'id.pub';
/** The private half of a pair that was made here. */
export const PRIVATE_KEY = 'id';

/** The usual keys of ssh-keygen, the better kind first. */
const USUAL_KEYS = ['id_ed25519.pub', 'id_ecdsa.pub', 'id_rsa.pub'];

export interface SshKeySource {
  /** For the user: where `id.pub` comes from. */
  readonly note: string;
  readonly publicKey: string;
  /** The private half, when a pair was made. */
  readonly privateKey?: string | undefined;
}

/**
 * The public key that `id.pub` shall hold: the file that was named, else the user's own, else a new pair, since a
 * cluster nobody can log in to helps nobody. Undefined when `id.pub` is there already.
 *
 * @throws InputError when the file holds no usable public key; its content is not shown.
 */
export function findSshKey(context: CliContext, folder: string, named: string | undefined): SshKeySource | undefined {
  if (named !== undefined) return fromFile(context, publicHalf(resolve(context.cwd, named)));
  if (existsSync(join(folder, PUBLIC_KEY))) return undefined;
  const own = ownKeys(context).find((path) => existsSync(path));
  return own === undefined ? newPair(folder) : fromFile(context, own);
}

/** The user's own public key as `init` proposes it. */
export function ownKeys({ home }: CliContext): string[] {
  return USUAL_KEYS.map((name) => join(home, '.ssh', name));
}

/** Whoever names the private key means its other half. */
function publicHalf(path: string): string {
  return !path.endsWith('.pub') && existsSync(`${path}.pub`) ? `${path}.pub` : path;
}

function fromFile(context: CliContext, path: string): SshKeySource {
  const shown = displayPath(context, path);
  const lines = readLines(path, shown);
  const fault =
    lines.length === 0 ? { message: 'it holds no key' } : lines.map(findSshKeyFault).find((each) => each !== undefined);
  if (fault !== undefined) {
    throw inputError(
      'bad-ssh-key',
      `${shown} is no SSH public key: ${fault.message}`,
      'Name a public key: --ssh-key ~/.ssh/id_ed25519.pub',
    );
  }
  return { publicKey: `${lines.join('\n')}\n`, note: `${PUBLIC_KEY} is a copy of ${shown}` };
}

function readLines(path: string, shown: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw inputError(
      'bad-ssh-key',
      `cannot read the SSH key ${shown} (${code})`,
      'Name a public key: --ssh-key ~/.ssh/id_ed25519.pub',
    );
  }
}

/** Never in the place of a key that is there: `ssh-keygen -y` makes its public half again. */
function newPair(folder: string): SshKeySource {
  if (existsSync(join(folder, PRIVATE_KEY))) {
    throw inputError(
      'lonely-private-key',
      `there is a private key ${PRIVATE_KEY} without ${PUBLIC_KEY}`,
      `Make its public half: ssh-keygen -y -f ${PRIVATE_KEY} > ${PUBLIC_KEY}`,
    );
  }
  const pair = mintSshHostKey('ironkeel');
  return {
    publicKey: `${pair.publicKey}\n`,
    privateKey: pair.privateKey,
    note: `no SSH key was found in ~/.ssh: made a pair, ${PRIVATE_KEY} (private, keep it) and ${PUBLIC_KEY}; log in with \`ssh -i ${PRIVATE_KEY}\``,
  };
}
