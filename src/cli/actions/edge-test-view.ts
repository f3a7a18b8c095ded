import { type Check, checksJson, type EchoAnswer } from '../../diagnose/index.js';
import { escapeForTerminal } from '../../support/terminal.js';
import type { CliContext } from '../context.js';

/** Lines of an answer that are shown: enough for all headers of a request. */
const LINES = 60;

/** Shows what came back through each edge, as it came. */
export function showEcho(context: CliContext, answers: readonly EchoAnswer[], checks: readonly Check[]): void {
  for (const { edge, address, scheme, host, answer } of answers) {
    if (answer.failure !== undefined) continue;
    context.out.line(escapeForTerminal(`${scheme}://${host} through ${edge} (${address}): ${answer.status}`));
    for (const line of bodyLines(answer.body)) context.out.line(`  ${escapeForTerminal(line)}`);
    context.out.line();
  }
  context.out.result({
    answers: answers.map(({ edge, address, scheme, answer, echoed }) => ({
      ...{ edge, address, scheme, status: answer.status, echoed },
      failure: answer.failure ?? null,
      body: parsed(answer.body) ?? answer.body,
    })),
    checks: checksJson(checks),
  });
}

function bodyLines(body: string): readonly string[] {
  const document = parsed(body);
  const text = document === undefined ? body : JSON.stringify(document, undefined, 2);
  const lines = text.replace(/\n+$/, '').split(/\r?\n/);
  return lines.length > LINES ? [...lines.slice(0, LINES), '…'] : lines;
}

/** The document, where it is one. */
function parsed(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
