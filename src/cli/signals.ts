import { EXIT } from './exit-codes.js';

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * What a signal does that asks the program to end. Every file is written aside and renamed without giving control
 * back in between, so that at the moment a signal is handled nothing is half done and no temporary file is left.
 */
export class Signals {
  #end: (() => void) | undefined;

  constructor(process: NodeJS.Process) {
    for (const signal of ENDING) {
      process.once(signal, () => {
        if (this.#end !== undefined) return this.#end();
        process.stderr.write('\ninterrupted; files already written are whole, run the command again to finish\n');
        process.exit(EXIT.interrupted);
      });
    }
  }

  /** For a command that goes on until somebody ends it: from now on a first signal does this instead. */
  readonly whenAsked = (end: () => void): void => {
    this.#end = end;
  };
}
