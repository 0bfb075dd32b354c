/**
 * Plays one program, given as its lines, and prints what was told, what is true, and where the two part:
 *
 *     npx jiti test/story/random/rabbitmq/tell.ts < program.txt
 */
import { text } from 'node:stream/consumers';
import { worded } from '../../../../src/core/statements/index.ts';
import { judge } from './judge.ts';
import { play } from './play.ts';
import { parse } from './program-text.ts';

const program = parse(await text(process.stdin));
const evidence = await play(program);
for (const event of evidence.told) {
  const [frame] = event.frames ?? [];
  if (event.type === 'note') {
    console.log(`${frame} ${event.peer}: ${event.statement ? worded(event.statement) : event.text}`);
    continue;
  }
  const { id, among = [], basis, stage, peer, route, reason } = event;
  const why = reason ? `: ${worded(reason)}` : '';
  console.log(`${frame} ${[id, ...among].join('|')} ${stage} (${basis}) ${peer} [${route}]${why}`);
}
console.log('\nwhat really happened');
for (const { after, what, message, ...rest } of evidence.facts) {
  console.log(`${after} ${message} ${what} ${JSON.stringify(rest)}`);
}
console.log('\nwhat is wrong');
for (const { rule, text: said } of judge(program, evidence)) console.log(`${rule}: ${said}`);
