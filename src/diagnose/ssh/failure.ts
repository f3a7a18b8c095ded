import type { Cause } from '../types.js';
import type { SshTarget } from './command.js';
import type { SshResult } from './run.js';

type Explanation = (target: SshTarget, said: string) => Cause;

/** What ssh says when it does not get in (its sources; every line is one of OpenSSH 8.2 to 10), most telling first. */
const EXPLANATIONS: readonly (readonly [RegExp, Explanation])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|no matching host key type/i,
    ({ address }) => ({
      severity: 'error',
      code: 'host-key-mismatch',
      message: `host key is not the one built for it: another machine answers at ${address}, or it has not adopted its drive yet`,
      remedy: 'look which machine has that address, and that the drive of this folder is attached to it',
    }),
  ],
  [
    /Too many authentication failures/i,
    () => ({
      severity: 'error',
      code: 'too-many-keys',
      message: 'your SSH agent offers more keys than the machine tries',
      remedy: 'name the right one with --identity FILE',
    }),
  ],
  [
    /System is booting up|Unprivileged users are not permitted to log in|pam_nologin/i,
    () => ({ severity: 'waiting', code: 'booting', message: 'still booting, or going down' }),
  ],
  [
    /Permission denied/i,
    ({ user, address }, said) => ({
      severity: 'error',
      code: 'permission-denied',
      message: `permission denied (${/Permission denied \(([^)]*)\)/i.exec(said)?.[1] ?? 'publickey'}): ${user}@${address} takes none of the SSH keys you offer`,
      remedy:
        'name the private half of a key of `sshKeys` with --identity FILE, or load it with ssh-add (a key with a passphrase works through the agent alone)',
    }),
  ],
  [
    /Could not resolve hostname/i,
    ({ address }) => ({
      severity: 'error',
      code: 'unknown-host',
      message: `nobody knows the name ${address}`,
      remedy: 'give the machine an `ip` in cluster.yaml, or its name to your DNS',
    }),
  ],
  [
    /timed out|No route to host|Network is unreachable|Host is down/i,
    ({ address }) => ({
      severity: 'waiting',
      code: 'no-answer',
      message: `nothing answers at ${address}: it is off, still booting, or has another address`,
      remedy: 'switch it on and look at its console: it names the address it has',
    }),
  ],
  [
    /Connection refused/i,
    ({ address }) => ({
      severity: 'waiting',
      code: 'ssh-refused',
      message: `${address} is up and refuses SSH: still booting, or no SSH server runs there`,
    }),
  ],
  [
    /Connection (?:closed|reset)|kex_exchange_identification|Broken pipe/i,
    ({ address }) => ({
      severity: 'waiting',
      code: 'ssh-closed',
      message: `${address} closed the connection: still booting, or going down`,
    }),
  ],
];

/** Why a machine could not be asked, from what ssh said. */
export function explainSshFailure(target: SshTarget, result: SshResult): Cause {
  if (result.notStarted !== undefined) {
    const message =
      result.notStarted === 'ENOENT' ? 'there is no ssh here' : `ssh cannot run here (${result.notStarted})`;
    return { severity: 'error', code: 'no-ssh', message, remedy: 'install the OpenSSH client on this computer' };
  }
  const found = result.code === 255 ? EXPLANATIONS.find(([pattern]) => pattern.test(result.stderr)) : undefined;
  if (found !== undefined) return found[1](target, result.stderr);
  if (result.timedOut) {
    const message = `${target.address} took the connection and did not finish its answer: it is very busy or hangs`;
    return { severity: 'waiting', code: 'no-end', message };
  }
  const last = result.stderr.trim().split('\n').at(-1)?.trim() ?? '';
  const message = last === '' ? `no answer that makes sense (exit code ${result.code ?? 'none'})` : `ssh says: ${last}`;
  return {
    severity: 'error',
    code: 'ssh-failed',
    message,
    remedy: `try it by hand: ssh ${target.user}@${target.address}`,
  };
}
