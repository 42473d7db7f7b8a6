/** The word that an unknown one was probably meant to be: its beginning, or at most two slips away. */
export function nearest<T extends string>(typed: string, words: readonly T[]): T | undefined {
  const begun = words.find((word) => typed.length > 1 && word.startsWith(typed));
  if (begun !== undefined) return begun;
  let best: T | undefined;
  let bestDistance = 3;
  for (const word of words) {
    const distance = editDistance(typed.slice(0, 40), word);
    if (distance >= bestDistance || 2 * distance > word.length) continue;
    best = word;
    bestDistance = distance;
  }
  return best;
}

/** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of [...from].entries()) {
    const next = [above + 1];
    for (let index = 1; index <= to.length; index++) {
      const changed = (row[index - 1] ?? 0) + Number(letter !== to[index - 1]);
      next.push(Math.min(changed, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
