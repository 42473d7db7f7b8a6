import { createInterface } from 'node:readline';

/** Asks a question at the terminal. Any answer but yes is no, and Ctrl-C is `interrupted`. */
export function ask(question: string): Promise<'yes' | 'no' | 'interrupted'> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    terminal.once('SIGINT', () => {
      process.stdout.write('\n');
      resolve('interrupted');
      terminal.close();
    });
    // Ctrl-Z and `fg` leave the input paused, and nothing else would keep the program waiting.
    terminal.on('SIGCONT', () => terminal.prompt(true));
    // Ctrl-D closes it without an answer.
    terminal.once('close', () => resolve('no'));
    terminal.question(question, (answer) => {
      resolve(/^\s*y(es)?\s*$/i.test(answer) ? 'yes' : 'no');
      terminal.close();
    });
  });
}
