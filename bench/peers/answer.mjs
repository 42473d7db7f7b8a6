import { createInterface } from 'node:readline';

/**
 * The contestant's side of the protocol in ../contestant.mjs: for each line with a number of looks on standard
 * input, looks so often and answers in a line of JSON. Ends with its input.
 *
 * @param {() => unknown} look looks once; may give the number of listening sockets that it saw
 * @param {{ before?: () => Promise<void>, after?: () => Promise<void> }} [untimed] what is done before each look,
 *   and after the last one of a line, without being measured
 */
export async function answer(look, untimed = {}) {
  for await (const line of createInterface({ input: process.stdin })) {
    const microseconds = [];
    let sockets;
    for (let left = Number(line); left > 0; left--) {
      await untimed.before?.();
      const start = performance.now();
      sockets = await look();
      microseconds.push((performance.now() - start) * 1000);
    }
    await untimed.after?.();
    process.stdout.write(`${JSON.stringify({ microseconds, sockets })}\n`);
  }
  process.exit();
}
