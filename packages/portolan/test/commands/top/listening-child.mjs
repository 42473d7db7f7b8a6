// Listens on 127.0.0.1, on the port of the first argument. With `stubborn` it ignores SIGTERM.
import { createServer } from 'node:net';

const [, , port, ...words] = process.argv;
if (words.includes('stubborn')) process.on('SIGTERM', () => undefined);
createServer().listen(Number(port), '127.0.0.1', () => process.send?.('listening'));
