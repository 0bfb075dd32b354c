/** The compatibility table: what the parity tests compare, chapter by chapter. */
import { CHAPTERS } from './contract/_chapters.ts';
import { stomp } from './contract/stomp.ts';
import { DIFFERENCES } from './differences.ts';

export function compatibilityTable(): string {
  const chapters = [...CHAPTERS, { title: 'STOMP over WebSocket', scripts: stomp }];
  const count = chapters.reduce((sum, { scripts }) => sum + scripts.length, 0);
  const lines = [
    '# The embedded RabbitMQ, compared',
    '',
    '<!-- Written by the tests: npx vitest run test/docs -u -->',
    '',
    `Each line below is a script that the tests play on the embedded server and on a real RabbitMQ 3.10, ${count} in all.`,
    'What comes back, error codes and texts included, must be the same. Random sequences of declarations, publishes,',
    'gets and acknowledgements are played on both as well, and a restart with durable and other queues.',
    'Names that a server makes up, and the seconds in `x-death`, are not compared.',
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
      const loosening = 'loosening' in script && script.loosening ? ` (loosely: ${script.loosening.why})` : '';
      lines.push(`- ${script.title}${loosening}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
