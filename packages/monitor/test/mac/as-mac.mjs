// Preloaded (`node --import`): makes the program believe that it runs on macOS. If the program touches what only Linux has
// (a file of /proc or /sys, a native call, a thread that waits), it ends with a message on standard error.
import fs from 'node:fs';
import module from 'node:module';
import workers from 'node:worker_threads';

Object.defineProperty(process, 'platform', { value: 'darwin' });

function refuse(what) {
  process._rawDebug(`on macOS there is no ${what}`);
  process.reallyExit(99);
}

for (const place of [fs, fs.promises]) {
  for (const [name, original] of Object.entries(place)) {
    if (typeof original !== 'function' || /^[A-Z_]/.test(name)) continue;
    place[name] = function (path, ...rest) {
      if (/^\/(proc|sys)(\/|$)/.test(String(path))) refuse(`${path} (${name})`);
      return Reflect.apply(original, this, [path, ...rest]);
    };
    Object.assign(place[name], original);
  }
}

const load = module._load;
module._load = (request, ...rest) => {
  if (request === 'koffi' || request === 'node:ffi') refuse(request);
  return load(request, ...rest);
};

workers.Worker = class {
  constructor() {
    refuse('poll thread');
  }
};
module.syncBuiltinESMExports();
