const acts = new Set<() => void>();

/**
 * Calls functions while the process exits, in the order in which they were handed in. All share one listener, since Node
 * warns of a leak when there are more than ten.
 *
 * @param act must not wait for anything: the event loop has ended
 * @returns a function that takes `act` out again
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
