/** What a signal has to wait for, beyond files, which are always whole: something in a cluster that is to be undone. */
export class Interrupts {
  readonly #undone = new Set<() => Promise<void>>();

  get pending(): boolean {
    return this.#undone.size > 0;
  }

  /** Has `undo` run when a signal ends the process; what comes back takes that away again. */
  before(undo: () => Promise<void>): () => void {
    this.#undone.add(undo);
    return () => void this.#undone.delete(undo);
  }

  /** Undoes all there is; what fails says so itself. */
  async undo(): Promise<void> {
    await Promise.allSettled([...this.#undone].map((undo) => undo()));
  }
}
