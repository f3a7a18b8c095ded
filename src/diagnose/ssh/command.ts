/** Where and as whom a machine is reached. */
export interface SshTarget {
  /** The machine's name: its host key stands under it in `known_hosts`, whatever address it is asked at. */
  readonly name: string;
  readonly address: string;
  readonly user: string;
}

export interface SshOptions {
  /** The only list of host keys that counts. */
  readonly knownHosts: string;
  /** Private keys to offer, beside the agent's and the user's own. */
  readonly identities: readonly string[];
  /** Whether the identities are all that is offered: for an agent with many keys. */
  readonly identitiesOnly?: boolean;
  /** 22 unless told. */
  readonly port?: number;
  /** Seconds until an address that does not answer is given up. 5 unless told. */
  readonly connectTimeout?: number;
  /** Milliseconds for everything. 25,000 unless told. */
  readonly deadline?: number;
  /** Read instead of the user's own configuration of ssh. */
  readonly configFile?: string;
}

/**
 * Arguments of ssh(1) to run `bash` on a machine, its program on standard input. The user's own configuration
 * counts too (a jump host, say); what decides which host keys are accepted is not among it, since options given
 * here win (ssh_config(5)).
 */
export function sshArguments(target: SshTarget, options: SshOptions): string[] {
  const settings: Record<string, string> = {
    BatchMode: 'yes',
    ConnectTimeout: String(options.connectTimeout ?? 5),
    ConnectionAttempts: '1',
    ServerAliveInterval: '5',
    ServerAliveCountMax: '2',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: quoted(options.knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    HostKeyAlias: target.name,
    CheckHostIP: 'no',
    VerifyHostKeyDNS: 'no',
    // It would write the keys a machine offers into the cluster's own list.
    UpdateHostKeys: 'no',
    PreferredAuthentications: 'publickey',
    ClearAllForwardings: 'yes',
    ForwardAgent: 'no',
    ControlPath: 'none',
    PermitLocalCommand: 'no',
    RequestTTY: 'no',
    LogLevel: 'ERROR',
    ...(options.identitiesOnly ? { IdentitiesOnly: 'yes' } : {}),
  };
  return [
    ...(options.configFile === undefined ? [] : ['-F', options.configFile]),
    '-T',
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...options.identities.flatMap((file) => ['-o', `IdentityFile=${quoted(file)}`]),
    ...['-p', String(options.port ?? 22), '-l', target.user, '--', target.address, 'bash -s'],
  ];
}

/** A path in a value of ssh_config(5): spaces separate paths, `%` begins a token. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
