import { createInterface } from 'node:readline';

/**
 * The other side of `Contestant.ask`: answers each line of standard input in a line of JSON. Ends with its input.
 *
 * @param {(line: string) => Promise<unknown>} answer
 */
export async function answerLines(answer) {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
  process.exit();
}
