import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { Interrupted } from './failure.js';

/** Asks one question on the terminal; an empty answer means the proposal. Ctrl-C and Ctrl-D end the command. */
export async function ask(question: string, proposal = ''): Promise<string> {
  const hint = proposal === '' ? '' : ` [${proposal}]`;
  const answer = (await readAnswer(`${question}${hint}: `, process.stdout)).trim();
  return answer === '' ? proposal : answer;
}

/** Asks for a secret, which is not shown while it is typed. The question goes to standard error. */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(`${question}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    return await readAnswer('', silent);
  } finally {
    process.stderr.write('\n');
  }
}

async function readAnswer(prompt: string, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await new Promise((resolve, reject) => {
      lines.once('SIGINT', () => reject(new Interrupted()));
      lines.once('close', () => reject(new Interrupted()));
      lines.question(prompt).then(resolve, reject);
    });
  } finally {
    lines.close();
  }
}
