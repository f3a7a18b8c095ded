import { readFileSync } from 'node:fs';
import type { CliContext } from './context.js';
import { EXIT } from './exit-codes.js';
import { type Arguments, readArguments } from './globals.js';
import { Interrupts } from './interrupts.js';

/**
 * The command-line program: decides what is asked for, runs it, and sets the exit code. Help and version of
 * the root come first, since they need nothing loaded.
 */
export async function main(process: NodeJS.Process): Promise<void> {
  endQuietlyOnClosedPipe(process);
  const interrupts = new Interrupts();
  endOnSignals(process, interrupts);
  const args = readArguments(process.argv.slice(2));
  const [first] = args.own;
  if (process.argv[2] === '__complete') return await complete(process, args);
  if (args.own.length <= 1) {
    if (first === undefined || first === '--help' || first === '-h' || first === 'help')
      return await showRootHelp(process);
    if (first === '--version' || first === '-v') return void process.stdout.write(`${ownVersion()}\n`);
  }
  const { createContext } = await import('./process-context.js');
  const { runApp } = await import('./app.js');
  const context = createContext(process, args, ownVersion(), interrupts);
  process.exitCode = await runApp(context, args.args);
}

async function showRootHelp(process: NodeJS.Process): Promise<void> {
  const { rootHelp } = await import('./root-help.js');
  process.stdout.write(rootHelp());
}

async function complete(process: NodeJS.Process, args: Arguments): Promise<void> {
  const { createContext } = await import('./process-context.js');
  const { proposeWords } = await import('./complete.js');
  const words = process.argv.slice(3);
  const context: CliContext = createContext(process, args, ownVersion(), new Interrupts());
  process.stdout.write((await proposeWords(context, words)).map((word) => `${word}\n`).join(''));
}

/** The version of the package this file belongs to. */
export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}

/** `ironkeel … | head -1` is no failure. */
function endQuietlyOnClosedPipe(process: NodeJS.Process): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT.done);
      throw error;
    });
  }
}

/**
 * Every file is written aside and renamed without giving control back in between, so that at the moment a
 * signal is handled nothing is half done and no temporary file is left. What a command has made in a cluster is undone
 * first; a second signal does not wait for that.
 */
function endOnSignals(process: NodeJS.Process, interrupts: Interrupts): void {
  let ending = false;
  const end = () => process.exit(EXIT.interrupted);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupts.heed()) return;
      if (interrupts.pending && !ending) {
        ending = true;
        process.stderr.write('\ninterrupted; undoing what was made in the cluster, once more leaves it there\n');
        void interrupts.undo().finally(end);
        return;
      }
      process.stderr.write('\ninterrupted; files already written are whole, run the command again to finish\n');
      end();
    });
  }
}
