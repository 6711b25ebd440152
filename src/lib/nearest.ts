/** What somebody probably meant: the candidate within two edits, nearest first. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance, candidate }) => distance <= Math.max(1, Math.min(2, Math.floor(candidate.length / 3))))
    .toSorted((a, b) => a.distance - b.distance)[0]?.candidate;
}

/** Edits between two words: a letter changed, lost or added, or two neighbours swapped, which is the commonest slip of all. */
function editDistance(a: string, b: string): number {
  const [from, to] = [Array.from(a), Array.from(b)];
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      const swapped =
        i > 0 && j > 0 && letter === to[j - 1] && other === from[i - 1] ? (before[j - 1] ?? 0) + 1 : Infinity;
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, changed, swapped));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
