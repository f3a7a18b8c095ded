import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, suggest } from './suggest.js';

describe('suggest', () => {
  it.each([
    ['wroker', 'worker'],
    ['Controller', 'controller'],
    ['ssh_keys', 'sshKeys'],
    ['edg', 'edge'],
    ['egde', 'edge'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, ['worker', 'controller', 'edge', 'sshKeys'])).toBe(meant);
  });

  it.each(['', 'bread', 'x', 'y'.repeat(200_000)])('finds nothing near %.10s', (word) => {
    expect(suggest(word, ['worker', 'controller', 'edge'])).toBeUndefined();
  });

  it('prefers the nearest, then the first', () => {
    expect(suggest('work', ['word', 'work1', 'wok'])).toBe('word');
    expect(didYouMean('workr', ['worker'])).toBe('did you mean "worker"?');
    expect(didYouMean('zebra', ['worker'])).toBe('');
  });
});

describe('editDistance', () => {
  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('%s to %s is %d', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });
});
