#!/usr/bin/env node
import module from 'node:module';

if (module.enableCompileCache) {
  const { keepCompiled } = await import('../dist/src/core/private-directory.js');
  keepCompiled();
}
const { main } = await import('../dist/src/cli/main.js');
// All that was printed has arrived by now; what a scenario left open must not keep the terminal waiting.
process.exit(await main(process.argv.slice(2)));
