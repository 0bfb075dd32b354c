/** The same without a port, and with time that does not pass by itself. `node without-ports.js` */
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { embedServers } from 'msgplay';

let now = 0;
const clock = { now: () => now, wall: () => now, after: () => () => {} };
const servers = await embedServers({ services: ['redis'], clock });
const [client, server] = duplexPair();
servers.accept('redis', server);

async function ask(line) {
  client.write(`${line}\r\n`);
  const [reply] = await once(client, 'data');
  return String(reply).trim();
}

console.log(await ask('SET session open PX 1000'), await ask('EXISTS session'));
now += 2000;
console.log(await ask('EXISTS session'));
client.destroy();
await servers.close();
