/** https://www.npmjs.com/package/systeminformation: all sockets with their processes, through `netstat`. */
import { networkConnections } from 'systeminformation';
import { answer } from './answer.mjs';

await answer(async () => {
  await networkConnections();
});
