/** `npm run bench`: every benchmark, or those that are named: `npm run bench -- tap redis`. Prints ratios; it judges nothing. */
import { readdir } from 'node:fs/promises';
import { addNewerServers } from '../../.bench/test/helpers/newer-servers.js';

// Beside the newest servers that are here, where `.ci/newer-servers` has laid them out.
addNewerServers();

const files = (await readdir(new URL('.', import.meta.url))).filter(
  (file) => file.endsWith('.js') && file !== 'run.js',
);
const known = files.map((file) => file.replace('.js', '')).sort();
const wanted = process.argv.slice(2);
// Servers are ended when this process exits, which a signal alone does not bring about.
for (const [signal, exitCode] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.once(signal, () => process.exit(exitCode));
}
for (const name of wanted.length > 0 ? wanted : known) {
  if (!known.includes(name)) throw new Error(`there is no benchmark ${name}; there are ${known.join(', ')}`);
  const { default: bench } = await import(`./${name}.js`);
  await bench();
  console.log();
}
