/** A fenced block of a Markdown page. */
export interface Block {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** First word after the fence: `console`, `yaml`, `text`, … */
  readonly language: string;
  /** What follows it: `no-run`, `exit=2`, `file=cluster.yaml`. */
  readonly options: readonly string[];
  readonly text: string;
}

/** One `$ command` with the output shown under it, lines without their line ends. */
export interface ShownCommand {
  readonly line: number;
  readonly command: string;
  readonly output: readonly string[];
}

const FENCE = /^```([\w-]*)[ \t]*(.*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a page, in order. */
export function readBlocks(page: string, markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map((match) => ({
    page,
    line: markdown.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    options: (match[2] ?? '').split(' ').filter(Boolean),
    text: match[3] ?? '',
  }));
}

/** The commands of a console block; a command goes on in the next line after a backslash. */
export function readCommands(block: Block): ShownCommand[] {
  const commands: { line: number; command: string; output: string[] }[] = [];
  let open = false;
  for (const [index, text] of block.text.replace(/\n$/, '').split('\n').entries()) {
    const current = commands.at(-1);
    if (open && current) current.command += `\n${text.replace(/^> /, '')}`;
    else if (text.startsWith('$ ')) commands.push({ line: block.line + 1 + index, command: text.slice(2), output: [] });
    else current?.output.push(text);
    open = (open || text.startsWith('$ ')) && text.endsWith('\\');
  }
  return commands;
}

/**
 * Whether the output is what the page shows. `…` stands for anything within a line (times, sizes, folders), a line
 * of `…` alone for any number of lines. Returns the first line that differs, or undefined.
 */
export function findDrift(shown: readonly string[], actual: readonly string[]): string | undefined {
  let at = 0;
  for (const [index, line] of shown.entries()) {
    if (line.trim() === '…') {
      const next = shown[index + 1];
      if (next === undefined) return undefined;
      while (at < actual.length && !matches(next, actual[at])) at += 1;
      continue;
    }
    if (!matches(line, actual[at])) return `shown:  ${line}\nactual: ${actual[at] ?? '(nothing more)'}`;
    at += 1;
  }
  return at < actual.length ? `shown:  (nothing more)\nactual: ${actual[at]}` : undefined;
}

function matches(shown: string, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  const pattern = shown
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(actual.trimEnd());
}
