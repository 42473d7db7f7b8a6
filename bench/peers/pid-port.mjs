/** https://www.npmjs.com/package/pid-port: which process is behind which port, through `ss -tunlp`. */
import { allPortsWithPid } from 'pid-port';
import { answer } from './answer.mjs';

await answer(async () => {
  await allPortsWithPid();
});
