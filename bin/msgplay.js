#!/usr/bin/env node
import module from 'node:module';

// Node keeps what it compiled, from version 22 on, where only this user can write.
if (module.enableCompileCache) {
  const { cacheDirectory } = await import('../dist/src/core/private-directory.js');
  const cache = cacheDirectory();
  if (cache) module.enableCompileCache(`${cache}/node`);
}
const { main } = await import('../dist/src/cli/main.js');
// All that was printed has arrived by now; what a scenario left open must not keep the terminal waiting.
process.exit(await main(process.argv.slice(2)));
