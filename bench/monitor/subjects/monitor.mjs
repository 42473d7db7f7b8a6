/** A monitor as it comes, with processes: monitor.mjs DOORBELL */
import { PortMonitor } from '@portolan/monitor';
import { ToldTimes } from './told-times.mjs';

const told = new ToldTimes();
const monitor = new PortMonitor({ doorbell: process.argv[2] });
monitor.on('opened', ({ listener }) => told.opened(listener.port));
monitor.on('closed', ({ listener }) => told.closed(listener.port));

await told.answer(() => monitor.start());
