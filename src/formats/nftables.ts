/** A named set of addresses and ranges. */
export interface NftSet {
  readonly type: 'ipv4_addr' | 'ipv6_addr';
  /** Addresses and CIDR blocks, any order. */
  readonly elements: readonly string[];
}

export interface NftChain {
  /** Of a base chain; a chain without one is jumped to. */
  readonly hook?: {
    readonly name: 'prerouting' | 'input' | 'forward';
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
  };
  /** One statement each, in the syntax of nft(8), or a pattern of files that hold more of them. */
  readonly rules: readonly (string | { readonly include: string })[];
}

export interface NftTable {
  readonly family: 'inet' | 'ip' | 'ip6';
  readonly name: string;
  readonly sets: Readonly<Record<string, NftSet>>;
  readonly chains: Readonly<Record<string, NftChain>>;
}

/**
 * A file for `nft -f` that puts a table in the place of an earlier one of that name, in one transaction: no
 * other table is touched, and there is no moment without rules. Source: nft(8).
 *
 * @throws TypeError for a name or a rule that would change the file's structure.
 */
export function encodeNftTable(table: NftTable): string {
  const title = `table ${table.family} ${nftName(table.name)}`;
  const parts = [
    ...Object.entries(table.sets).map(([name, set]) => block(`set ${nftName(name)}`, setLines(set))),
    ...Object.entries(table.chains).map(([name, chain]) => block(`chain ${nftName(name)}`, chainLines(chain))),
  ];
  // A table can only be deleted when there is one, so it is made first.
  return `${title}\ndelete ${title}\n\n${block(title, parts.join('\n').split('\n'))}\n`;
}

function setLines({ type, elements }: NftSet): string[] {
  const lines = [`type ${type}`, 'flags interval', 'auto-merge'];
  return elements.length === 0 ? lines : [...lines, `elements = { ${[...elements].map(element).sort().join(', ')} }`];
}

function chainLines({ hook, rules }: NftChain): string[] {
  const head =
    hook === undefined ? [] : [`type filter hook ${hook.name} priority ${hook.priority}; policy ${hook.policy};`];
  return [...head, ...rules.map((rule) => (typeof rule === 'string' ? oneLine(rule) : `include "${rule.include}"`))];
}

function block(title: string, lines: readonly string[]): string {
  return [`${title} {`, ...lines.map((line) => (line === '' ? '' : `\t${line}`)), '}'].join('\n');
}

function nftName(name: string): string {
  if (/^[A-Za-z][\w-]*$/.test(name)) return name;
  throw new TypeError(`not a name of nftables: ${name}`);
}

function element(text: string): string {
  if (/^[0-9a-fA-F.:/]+$/.test(text)) return text;
  throw new TypeError(`not an address: ${text}`);
}

function oneLine(rule: string): string {
  if (/^[^\n\r;{}#]*(\{[^\n\r;{}#]*\}[^\n\r;{}#]*)*$/.test(rule)) return rule;
  throw new TypeError(`not one rule: ${rule}`);
}
