/** Makes docs/compatibility-rabbitmq.md out of what the contract test has compared. */
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
    `Each line below is a script that the tests play on the embedded server, ${compared.size} in all. What comes back, error`,
    'codes and texts included, must be what came back from a real RabbitMQ 3.10: `test/servers/rabbitmq/pinned/` keeps that,',
    'and `npm run test:real` compares it with a real one. Names that a server makes up, and the seconds in `x-death`, are not',
    'compared. Random sequences of declarations, publishes, gets and acknowledgements are played on both',
    '(`test/servers/rabbitmq/random.real.test.ts`).',
    '',
    'Clients that run on it unmodified in the tests: amqplib, rabbitmq-client, @cloudamqp/amqp-client and',
    '@stomp/stompjs from npm; pika (Python), Bunny (Ruby) and librabbitmq (C) where they are installed.',
    '',
    '## What differs',
    '',
    ...DIFFERENCES.map(({ what, why }) => `- ${what} ${why}`),
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
