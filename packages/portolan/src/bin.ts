#!/usr/bin/env node
import { run } from './run.js';
import { endQuietlyOnClosedPipe } from './standard-streams.js';

endQuietlyOnClosedPipe();
process.exitCode = await run(process.argv.slice(2));
