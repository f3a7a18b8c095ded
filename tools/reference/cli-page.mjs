import { generateHelpTextForAllCommands } from '@stricli/core';

const EXIT_CODES = [
  [0, 'Done; warnings too'],
  [1, '`build --check` found differences, or the work failed (disk full, tool missing)'],
  [2, 'The input cannot be used: every problem is printed, nothing was written'],
  [70, 'A defect of Ironkeel'],
  [130, 'Interrupted'],
];

/** The page of all commands: what `--help` prints, word for word. */
export async function cliPage() {
  const { createApp } = await import('../../dist/cli/app.js');
  const { rootHelp } = await import('../../dist/cli/root-help.js');
  const commands = generateHelpTextForAllCommands(createApp());
  return `${[
    '<!-- Written by tools/generate-reference.mjs; do not edit. -->',
    '# Commands',
    fenced(rootHelp()),
    '## Exit codes',
    ['| Code | Meaning |', '|---|---|', ...EXIT_CODES.map(([code, meaning]) => `| ${code} | ${meaning} |`)].join('\n'),
    ...commands.flatMap(([name, text]) => [`## ${name}`, fenced(text)]),
  ].join('\n\n')}\n`;
}

function fenced(text) {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}
