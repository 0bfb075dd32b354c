import type { Words } from './words.ts';

export const en: Words = {
  servers: { rabbitmq: 'RabbitMQ', redis: 'Redis', ws: 'echo server', stomp: 'RabbitMQ', http: 'web server' },
  stompServer: 'STOMP server',
  seed: (seed) => `seed ${seed}`,
  prefix: (prefix) => `names on the server begin with ${prefix}`,
  legend: {
    client: 'client',
    server: 'broker or server',
    wire: 'on the wire',
    fromClient: 'the client sent it',
    fromServer: 'the server sent it',
    concluded: 'follows from that',
    again: 'comes again, or moves on',
    lost: 'lost, refused or cut off',
    event: 'happens there',
    time: 'times in ms since the start',
    after: 'so long after it was sent',
  },
  meanings: {
    publish: 'hand a message to the broker',
    deliver: 'the broker hands it to a consumer',
    redeliver: 'hand it out again: somebody may have begun it',
    get: 'a client gets the one it asked for',
    ack: '"done, forget it"',
    nack: '"not done"',
    reject: '"not done, and not for me"',
    return: 'nobody took it, so it comes back',
    PUBLISH: 'send to all who are subscribed at this moment',
    message: 'what a subscriber gets',
    SEND: 'a client says something',
    MESSAGE: 'a subscriber gets it',
    ACK: '"done, forget it"',
    NACK: '"not done"',
    LPUSH: 'put in front of a list',
    RPUSH: 'put at the end of a list',
    XADD: 'append to a stream',
    XREADGROUP: 'gets what nobody in the group has yet',
    XACK: '"done"',
    GET: '"give me"',
    POST: '"take this"',
    event: 'sent to a client that asked once',
    text: 'a message of either side',
    'dead-lettered': 'moved on instead of being thrown away',
  },
  prefetch: (count) => [
    `prefetch ${count}`,
    count === 0 ? 'no limit to what a consumer holds unacked' : `a consumer holds at most ${count} unacked`,
  ],
  concluded: {
    published: (place) => `published${to(place)}`,
    routed: (place) => `routed: ${place}`,
    unroutable: () => 'reaches nobody',
    returned: (place) => `returned${at(place)}`,
    confirmed: () => 'confirmed',
    queued: (place) => `waits${inside(place)}`,
    delivered: (place) => `delivered${from(place)}`,
    acked: (place) => `done${inside(place)}`,
    nacked: (place) => `refused${inside(place)}`,
    requeued: (place) => `back in queue${place === '' ? '' : ` ${place}`}`,
    redelivered: (place) => `delivered again${from(place)}`,
    rejected: (place) => `rejected${inside(place)}`,
    'dead-lettered': (place) => `dead-lettered: ${place}`,
    expired: (place) => `expired${inside(place)}`,
    dropped: (place) => `dropped${from(place)}`,
    discarded: (place) => `never published${to(place)}`,
    requested: (place) => `requested${at(place)}`,
    responded: () => 'answered',
    pushed: () => 'pushed',
    sent: () => 'sent',
    received: () => 'received',
  },
  from: (place) => `from ${place}`,
  again: 'again',
  echo: 'echo',
  either: (names) => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
  oneOf: (first, last) => `one of ${first} … ${last}`,
  why: (reason) => `why: ${reason}`,
  same: (names) => `${names.join(', ')}: the same`,
  sameHere: 'the same here',
  repeated: (times) => (times === 1 ? 'the same once more' : `the same ${times} times more`),
  leaves: 'leaves',
  withheld: '(its bytes are withheld: they hold a secret)',
  moreBytes: (count) => `… ${count} more bytes`,
  predicted: {
    right: (answer, why) => `Right: ${answer} (${why})`,
    wrong: (said, answer, why) => `Not ${said}: ${answer} (${why})`,
  },
  unmet: { expected: 'expected', found: 'found', nothing: 'that it does not hold', before: 'what happened before' },
  account: {
    of: (server) => `${server}, `,
    messages: (count) => counted(count, 'message'),
    outside: (count) => `${counted(count, 'message')} that nobody was seen to publish`,
    allReached: 'all reached somebody',
    reached: (count) => `${count} reached somebody`,
    takers: (list, deliveries) => `${deliveries === undefined ? '' : `, in ${deliveries} deliveries`} (${list})`,
    waits: (count, places) => `${count} ${count === 1 ? 'waits' : 'wait'} in ${places}`,
    inPlace: (count, place) => `${place} (${count})`,
    elsewhere: (count) => `other places (${count})`,
    ended: (count, stage, reason) => `${count} ${ENDED[stage] ?? stage} (${reason})`,
    endedOtherwise: (count) => `${count} ended for other reasons`,
    unknown: (count, reason) => `of ${count} it can't be told (${reason})`,
    unknownOtherwise: (count) => `of ${count} it can't be told for other reasons`,
    again: (count) => `${count} given out more than once`,
    waited: (ms) => `A message waited up to ${ms} ms for a consumer.`,
    requests: (count, answered) =>
      `${counted(count, 'request')}, ${answered === count ? 'all answered' : `${answered} answered`}.`,
    pushed: (count) => `${counted(count, 'event')} pushed by the server.`,
    spoken: (sent, received) => `On sockets, clients sent ${counted(sent, 'message')} and received ${received}.`,
    commands: (count) =>
      `Besides, ${counted(count, 'Redis command')} that ${count === 1 ? 'carries' : 'carry'} no message.`,
  },
  got: { title: 'Who got what', nobody: 'nobody', count: (count) => `${count} of them` },
  outcome: {
    passed: (duration) => `passed in ${duration}`,
    failed: (duration) => `failed in ${duration}`,
    aborted: (duration) => `aborted after ${duration}`,
    'timed-out': (duration) => `timed out after ${duration}`,
  },
  next: 'Next: ',
};

const ENDED: { readonly [stage: string]: string } = {
  unroutable: 'reached nobody',
  discarded: 'never published',
};

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

const after =
  (preposition: string) =>
  (place: string): string =>
    place === '' ? '' : ` ${preposition} ${place}`;
const to = after('to');
const at = after('at');
const inside = after('in');
const from = after('from');
