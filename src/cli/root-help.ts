import { FIRST_STEPS, SUMMARIES, TAGLINE } from './summaries.js';

const GLOBAL_FLAGS = [
  ['-f, --inventory FILE', 'The inventory, cluster.yaml unless told'],
  ['-C, --directory DIR', 'Work in this folder'],
  ['--output text|json', 'How to print results and problems'],
  ['--no-color', 'No colours (NO_COLOR does the same)'],
  ['-h, --help', 'Help, of a command too: ironkeel build --help'],
  ['-v, --version', 'Print the version'],
] as const;

/** The text of `ironkeel --help`, rendered without loading any command. */
export function rootHelp(): string {
  const sections = [
    TAGLINE,
    section('USAGE', [['ironkeel COMMAND [FLAGS]', '']]),
    section('COMMANDS', Object.entries(SUMMARIES)),
    section('FLAGS', GLOBAL_FLAGS),
    section('FIRST STEPS', FIRST_STEPS),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`.trimEnd())].join('\n');
}
