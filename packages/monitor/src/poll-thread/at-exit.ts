const acts = new Set<() => void>();

/**
 * Has something done while the process exits, in the order in which it was asked for. One listener does for all, since a
 * process with more than ten of them is warned of a leak.
 *
 * @param act must not wait for anything: the event loop has ended
 * @returns what takes it back
 */
export function atExit(act: () => void): () => void {
  // A function for each call, so that the same may be asked for twice.
  const entry = () => act();
  if (acts.size === 0) process.on('exit', doAll);
  acts.add(entry);
  return () => {
    acts.delete(entry);
    if (acts.size === 0) process.off('exit', doAll);
  };
}

function doAll(): void {
  for (const act of acts) act();
}
