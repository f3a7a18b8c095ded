import { describe, expect, it } from 'vitest';
import { sshArguments } from './command.js';
import { explainSshFailure } from './failure.js';
import type { SshResult } from './run.js';

const TARGET = { name: 'worker1', address: '10.10.10.2', user: 'core' };

function result(stderr: string, over: Partial<SshResult> = {}): SshResult {
  return { code: 255, stdout: '', stderr, timedOut: false, ...over };
}

describe('what ssh says becomes a cause', () => {
  it.each([
    ['@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.', 'host-key-mismatch'],
    [
      'No ED25519 host key is known for worker1 and you have requested strict checking.\nHost key verification failed.',
      'host-key-mismatch',
    ],
    ['core@10.10.10.2: Permission denied (publickey,password).', 'permission-denied'],
    ['Received disconnect from 10.10.10.2 port 22:2: Too many authentication failures', 'too-many-keys'],
    ['ssh: connect to host 10.10.10.2 port 22: Connection timed out', 'no-answer'],
    ['Connection timed out during banner exchange', 'no-answer'],
    ['ssh: connect to host 10.10.10.2 port 22: No route to host', 'no-answer'],
    ['ssh: connect to host 10.10.10.2 port 22: Connection refused', 'ssh-refused'],
    ['kex_exchange_identification: Connection closed by remote host', 'ssh-closed'],
    ['ssh: Could not resolve hostname worker1: Name or service not known', 'unknown-host'],
    [
      '"System is booting up. Unprivileged users are not permitted to log in yet."\nConnection closed by 10.10.10.2 port 22',
      'booting',
    ],
    ['something new', 'ssh-failed'],
  ])('%j', (stderr, code) => {
    expect(explainSshFailure(TARGET, result(stderr)).code).toBe(code);
  });

  it('names the address, the user and the methods', () => {
    const denied = explainSshFailure(TARGET, result('core@10.10.10.2: Permission denied (publickey).'));
    expect(denied.message).toBe('permission denied (publickey): core@10.10.10.2 takes none of the SSH keys you offer');
    const changed = explainSshFailure(TARGET, result('Host key verification failed.'));
    expect(changed.message).toContain('host key is not the one built for it: another machine answers at 10.10.10.2');
  });

  it.each([
    [{ code: undefined, notStarted: 'ENOENT' }, 'there is no ssh here'],
    [
      { code: undefined, timedOut: true },
      '10.10.10.2 took the connection and did not finish its answer: it is very busy or hangs',
    ],
    [{ code: 127 }, 'ssh says: bash: not found'],
    [{ code: 0 }, 'ssh says: bash: not found'],
  ])('tells what was none of ssh’s doing: %j', (over, message) => {
    expect(explainSshFailure(TARGET, result('bash: not found\n', over)).message).toBe(message);
  });

  it('does not take what a program on the machine says for what ssh says', () => {
    const said = result('sudo: Permission denied', { code: 1 });
    expect(explainSshFailure(TARGET, said).message).toBe('ssh says: sudo: Permission denied');
  });
});

describe('the arguments of ssh', () => {
  const given = sshArguments(TARGET, {
    knownHosts: '/home/me/my cluster/100%/known_hosts',
    identities: ['/home/me/id'],
  });

  it('accept the host key of the machine’s name, from one file, and nothing else', () => {
    expect(given).toContain('StrictHostKeyChecking=yes');
    expect(given).toContain('UserKnownHostsFile="/home/me/my cluster/100%%/known_hosts"');
    expect(given).toContain('GlobalKnownHostsFile=/dev/null');
    expect(given).toContain('HostKeyAlias=worker1');
    expect(given).toContain('UpdateHostKeys=no');
  });

  it('never ask, and end with the command', () => {
    expect(given).toContain('BatchMode=yes');
    expect(given.slice(-6)).toEqual(['22', '-l', 'core', '--', '10.10.10.2', 'bash -s']);
    expect(given).not.toContain('IdentitiesOnly=yes');
    expect(sshArguments(TARGET, { knownHosts: 'k', identities: [], identitiesOnly: true })).toContain(
      'IdentitiesOnly=yes',
    );
  });
});
