/** A member of an etcd that the user runs, as one controller reaches it. */
export interface ExternalMember {
  readonly endpoint: string;
  readonly healthy: boolean;
  /** Why not, as far as etcdctl tells. */
  readonly reason?: string | undefined;
}

/**
 * Reads what `etcdctl endpoint health --write-out=json` printed on both streams: one list of the members, and for those
 * that did not answer a log line each.
 */
export function readExternalEtcd(lines: readonly string[]): readonly ExternalMember[] {
  const values = lines.map(parse);
  const list = values.find((value) => Array.isArray(value)) as readonly Json[] | undefined;
  const logs = values.filter((value): value is Json => typeof value === 'object' && !Array.isArray(value));
  return (list ?? []).map(({ endpoint, health, error }) => {
    const name = String(endpoint);
    if (health === true) return { endpoint: name, healthy: true };
    const log = logs.find(
      ({ target }) => typeof target === 'string' && target.endsWith(`/${name.replace(SCHEME, '')}`),
    );
    return { endpoint: name, healthy: false, reason: explain(String(log?.error ?? error ?? '')) };
  });
}

type Json = Readonly<Record<string, unknown>>;

const SCHEME = /^https?:\/\//;

function parse(line: string): unknown {
  try {
    return JSON.parse(line) ?? undefined;
  } catch {
    return undefined;
  }
}

/** In words, what gRPC says of a connection that did not come about. */
function explain(error: string): string {
  const [, inner = error] = /desc = \\?"(?:transport: )?(.*?)\\?"\s*$/.exec(error) ?? [];
  if (/connection refused/.test(inner)) return 'it refuses the connection';
  if (/no route to host|network is unreachable/.test(inner)) return 'there is no route to it';
  if (/no such host|server misbehaving/.test(inner)) return 'its name is not known';
  if (/failed to verify certificate/.test(inner)) return `its certificate is not accepted: ${afterColon(inner)}`;
  if (/bad certificate|certificate required|unknown certificate authority/.test(inner)) {
    return 'it does not accept the client certificate';
  }
  if (/i\/o timeout|deadline exceeded|^$/i.test(inner)) return 'it does not answer in time';
  return inner;
}

function afterColon(text: string): string {
  return text.replace(/^.*failed to verify certificate: (?:x509: )?/, '');
}
