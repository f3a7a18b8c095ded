/** The flags every command takes. */
export interface GlobalFlags {
  /** The inventory, relative to the folder. */
  readonly inventory?: string | undefined;
  readonly directory?: string | undefined;
  readonly output: 'text' | 'json';
  readonly noColor: boolean;
}

export interface Arguments {
  /** Command, flags and arguments, the global flags moved to the end where every command accepts them. */
  readonly args: readonly string[];
  /** The same without the global flags. */
  readonly own: readonly string[];
  readonly json: boolean;
  readonly noColor: boolean;
  /** Values of `-C` and `-f`, as given. */
  readonly directory?: string | undefined;
  readonly inventory?: string | undefined;
}

const WITH_VALUE = new Set(['-f', '--inventory', '-C', '--directory', '--output']);
const WITHOUT_VALUE = new Set(['--no-color']);

/**
 * Lets the global flags stand anywhere, before the command too: `ironkeel -C lab build`. Unusable values are
 * left for the command's own parser to refuse.
 */
export function readArguments(argv: readonly string[]): Arguments {
  const own: string[] = [];
  const globals: string[] = [];
  const end = argv.indexOf('--');
  const flags = end < 0 ? argv : argv.slice(0, end);
  for (let at = 0; at < flags.length; at++) {
    const arg = flags[at] ?? '';
    if (!isGlobal(arg)) {
      own.push(arg);
      continue;
    }
    globals.push(arg);
    const next = flags[at + 1];
    if (WITH_VALUE.has(arg) && next !== undefined && !next.startsWith('-')) {
      globals.push(next);
      at++;
    }
  }
  const rest = end < 0 ? [] : argv.slice(end);
  return {
    args: [...own, ...globals, ...rest],
    own: [...own, ...rest],
    json: valueAfter(globals, '--output') === 'json',
    noColor: globals.includes('--no-color'),
    directory: valueAfter(globals, '-C', '--directory'),
    inventory: valueAfter(globals, '-f', '--inventory'),
  };
}

/** What follows one of these names, or stands behind it and `=`. */
function valueAfter(globals: readonly string[], ...names: readonly string[]): string | undefined {
  const at = globals.findIndex((arg) => names.includes(arg.split('=', 1)[0] ?? ''));
  const arg = globals[at];
  if (arg === undefined) return undefined;
  return arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : globals[at + 1];
}

function isGlobal(arg: string): boolean {
  const [name = ''] = arg.split('=', 1);
  return WITHOUT_VALUE.has(arg) || WITH_VALUE.has(name);
}
