import { play } from './story/random/rabbitmq/play.ts';
const p: any = { queues: [{ maxLength: 2, overflow: 'reject-publish' }], exchanges: [], bindings: [], version: '1.2', losesLastWords: false, ending: 'orderly', isAwaited: true,
 steps: [{ at: 'c3', channel: 1, op: { do: 'publish', exchange: '', key: 'q1', body: 'a', properties: {} }, pace: 'answered' }] };
const e: any = await play(p);
for (const x of e.told ?? e.events ?? []) console.log(JSON.stringify(x));
console.log(Object.keys(e));
console.log(e.fates, JSON.stringify(e.stats?.account));
