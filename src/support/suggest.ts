/** Longer words are never typing mistakes of a field's or a machine's name; they would only cost time. */
const LONGEST_WORD = 80;

/**
 * The candidate that `word` was probably meant to be, or undefined when none is near. Case, `-` and `_`
 * count for nothing, so `ssh_keys` finds `sshKeys`; among equally near candidates the first one wins.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = fold(word);
  if (wanted === '' || wanted.length > LONGEST_WORD) return undefined;
  let nearest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const folded = fold(candidate);
    if (Math.abs(folded.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, folded);
    if (distance >= least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** `did you mean "x"?`, or the empty string when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = suggest(word, candidates);
  return nearest === undefined ? '' : `did you mean "${nearest}"?`;
}

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, each
 * costing one. Works on UTF-16 units.
 */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const costs = [at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1)];
      if (swapped && row > 1 && column > 1) costs.push(at(beforePrevious, column - 2) + 1);
      current.push(Math.min(...costs));
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}
