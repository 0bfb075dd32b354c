/**
 * Opens so many connections to a port, sends INCR on each when all are open, and prints what they answered: how many
 * replies came, the highest count among them, and what one connection more is told.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port, size] = process.argv.slice(2).map(Number);
/** So many knock at once: a listener's backlog is not longer. */
const AT_ONCE = 250;

const crowd = [];
while (crowd.length < size) {
  const some = Array.from({ length: Math.min(AT_ONCE, size - crowd.length) }, () => connect(port, '127.0.0.1'));
  await Promise.all(some.map((socket) => once(socket, 'connect')));
  crowd.push(...some);
}
const replies = crowd.map(async (socket) => {
  const reply = once(socket, 'data');
  socket.write('INCR visits\r\n');
  return Number((await reply)[0].toString().slice(1));
});
const counts = await Promise.all(replies);
const late = connect(port, '127.0.0.1');
const [refusal] = await once(late, 'data');
console.log(JSON.stringify({ replies: counts.length, highest: Math.max(...counts), refusal: refusal.toString() }));
process.exit();
