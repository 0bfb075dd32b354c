/** Makes docs/compatibility-rabbitmq.md out of what the contract test has compared. */
import { DIFFERENCES as BETWEEN_RELEASES } from '../../../src/servers/rabbitmq/differences.ts';
import { RELEASES } from '../../../src/servers/rabbitmq/releases.ts';
import type { Chapter, Playable } from './contract/_chapters.ts';
import { DIFFERENCES } from './differences.ts';

/** The document's text. Throws where a script was not compared. */
export function compatibility(chapters: readonly Chapter[], compared: ReadonlySet<Playable>): string {
  const lines = [
    '# The embedded RabbitMQ, compared',
    '',
    'Counted by `test/servers/rabbitmq/contract.test.ts` from what it compares: do not edit. After a change,',
    '`npx vitest run test/servers/rabbitmq/contract.test.ts -u` writes it anew.',
    '',
    `Each line below is a script that the tests play on the embedded server, ${compared.size} in all, as each release that it`,
    `follows: RabbitMQ ${RELEASES.map(({ version }) => version).join(' and ')}. What comes back, error codes and texts`,
    'included, must be what came back from a real one of that release: `test/servers/rabbitmq/pinned/` keeps that, and',
    '`npm run test:real` compares it with real ones. Names that a server makes up, and the seconds in `x-death`, are not',
    'compared. Random sequences of declarations, publishes, gets and acknowledgements are played on both',
    '(`test/servers/rabbitmq/random.real.test.ts`).',
    '',
    'Clients that run on it unmodified in the tests: amqplib, rabbitmq-client, @cloudamqp/amqp-client and',
    '@stomp/stompjs from npm; pika (Python), Bunny (Ruby) and librabbitmq (C) where they are installed.',
    '',
    '## Where it is not the real one',
    '',
    ...DIFFERENCES.map(({ what, why }) => `- ${what} ${why}`),
    '',
    '## What differs between the releases',
    '',
    ...Object.values(BETWEEN_RELEASES).map(({ what, in: releases }) => `- ${releases.join(', ')}: ${what}`),
  ];
  for (const { title, scripts } of chapters) {
    lines.push('', `## ${title}`, '');
    for (const script of scripts) {
      if (!compared.has(script)) throw new Error(`"${script.title}" was not compared`);
      lines.push(`- ${script.title}${script.loosely === undefined ? '' : ` (loosely: ${script.loosely})`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
