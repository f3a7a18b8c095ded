/** RFC 1123 label: at most 63 lower-case letters, digits and inner hyphens. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** RFC 1123 label, as Kubernetes takes it. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** RFC 1123 subdomain: labels joined by dots, at most 253 characters. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split('.').every(isLabel);
}

/** What to do about a name that is no label or subdomain. */
export function remedyForName(text: string, isGood: (text: string) => boolean): string {
  const near = text
    .toLowerCase()
    .replace(/[_\s]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  if (near !== text && isGood(near)) return `did you mean "${near}"?`;
  const dots = isGood === isLabel ? 'no dots' : 'dots between the parts';
  return `use lower-case letters, digits and inner hyphens, ${dots}, at most 63 characters a part`;
}

/** `host`, `host:port`, with a DNS name or an IPv4 address: its two parts, or undefined. */
export function parseHostPort(text: string): { readonly host: string; readonly port?: number } | undefined {
  const [, host = '', port] = /^([^:/\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (host === '') return undefined;
  if (port === undefined) return { host };
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { host, port: number } : undefined;
}
