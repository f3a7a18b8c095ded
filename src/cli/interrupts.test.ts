import { describe, expect, it } from 'vitest';
import { Interrupts } from './interrupts.js';

describe('a signal', () => {
  it('has what was made undone, and not what is done already', async () => {
    const interrupts = new Interrupts();
    const undone: string[] = [];
    const undo = (name: string) => async () => void undone.push(name);
    const release = interrupts.before(undo('done'));
    interrupts.before(undo('one'));
    interrupts.before(() => Promise.reject(new Error('it says so itself')));
    interrupts.before(undo('two'));
    release();
    expect(interrupts.pending).toBe(true);
    await interrupts.undo();
    expect(undone).toEqual(['one', 'two']);
  });

  it('waits for nothing where there is nothing', async () => {
    const interrupts = new Interrupts();
    interrupts.before(async () => undefined)();
    expect(interrupts.pending).toBe(false);
    await interrupts.undo();
  });

  it('is heeded once by a command that goes on until it is asked to end', () => {
    const interrupts = new Interrupts();
    expect(interrupts.heed()).toBe(false);
    let asked = 0;
    interrupts.whenAsked(() => asked++);
    expect([interrupts.heed(), interrupts.heed(), asked]).toEqual([true, false, 1]);
  });
});
