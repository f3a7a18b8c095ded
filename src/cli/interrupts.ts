/** What a signal has to wait for, beyond files, which are always whole: something in a cluster that is to be undone. */
export class Interrupts {
  readonly #undone = new Set<() => Promise<void>>();
  #end: (() => void) | undefined;

  get pending(): boolean {
    return this.#undone.size > 0;
  }

  /** Has `undo` run when a signal ends the process; what comes back takes that away again. */
  before(undo: () => Promise<void>): () => void {
    this.#undone.add(undo);
    return () => void this.#undone.delete(undo);
  }

  /** For a command that goes on until somebody ends it: a first signal does this, and the process ends by itself. */
  readonly whenAsked = (end: () => void): void => {
    this.#end = end;
  };

  /** Whether a command takes a signal for its own end; a second one it does not. */
  heed(): boolean {
    const end = this.#end;
    this.#end = undefined;
    end?.();
    return end !== undefined;
  }

  /** Undoes all there is; what fails says so itself. */
  async undo(): Promise<void> {
    await Promise.allSettled([...this.#undone].map((undo) => undo()));
  }
}
