/** What `msgplay new` writes. It imports what every machine with msgplay has: msgplay itself, and its clients. */

export type Kind = 'ts' | 'js';
export type Runner = 'vitest' | 'node';

/** In what is written, where the file lies; said in parts, as the build gives these words another meaning in our own code. */
const HERE = ['import', 'meta', 'url'].join('.');

export function scenarioText(name: string, kind: Kind): string {
  const received =
    kind === 'ts' ? 'const received: number[] = [];' : '/** @type {number[]} */\n    const received = [];';
  return `import { connect } from 'amqplib';
import { defineScenario } from 'msgplay';

export default defineScenario({
  name: '${name}',
  title: 'A few greetings through one queue',
  // Each is a flag: msgplay run ${name} --greetings 5
  options: { greetings: { type: 'integer', default: 2, min: 1, max: 100, help: 'how many are sent' } },
  needs: ['rabbitmq'],
  about: ({ greetings }) => \`\${greetings} greetings\`,
  // The trace calls messages by this field of their bodies: "greeting 1".
  names: ['greeting'],

  async run(lab, { greetings }) {
    // On a server that others share, this name is one of the run's own, and is removed at its end.
    const queue = lab.name('hello');
    ${received}

    await lab.step('The receiver subscribes');
    // All that goes over this URL is traced, under this name.
    const receiver = await connect(await lab.url('rabbitmq', 'receiver'));
    lab.defer(() => receiver.close());
    const inbox = await receiver.createChannel();
    await inbox.assertQueue(queue);
    await inbox.consume(queue, (message) => {
      if (!message) return;
      received.push(JSON.parse(message.content.toString()).greeting);
      inbox.ack(message);
    });

    await lab.step('The sender sends its greetings');
    const sender = await connect(await lab.url('rabbitmq', 'sender'));
    lab.defer(() => sender.close());
    const outbox = await sender.createChannel();
    for (let greeting = 1; greeting <= greetings; greeting++) {
      outbox.sendToQueue(queue, Buffer.from(JSON.stringify({ greeting, text: 'hello' })));
    }

    await lab.until('every greeting arrives', () => received.length === greetings);
    lab.check(
      'they arrive in order',
      received.every((greeting, index) => greeting === index + 1),
      received.join(', '),
    );
  },
});
`;
}

export function testText(name: string, file: string, runner: Runner, kind: Kind): string {
  const isTyped = runner === 'vitest' && kind === 'ts';
  const run = `  const scenario = await loadScenario(new URL('./${file}', ${HERE}));
  ${isTyped ? 'const failed: string[]' : '/** @type {string[]} */\n  const failed'} = [];
  const { outcome } = await runScenario(scenario, {
    options: { greetings: 3 },
    onEvent: (event) => {
      if (event.type === 'check' && !event.passed) failed.push(event.title);
    },
  });`;
  return runner === 'vitest'
    ? `import { loadScenario, runScenario } from 'msgplay';
import { expect, test } from 'vitest';

test('${name}', { timeout: 60_000 }, async () => {
${run}
  expect({ outcome, failed }).toEqual({ outcome: 'passed', failed: [] });
});
`
    : `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadScenario, runScenario } from 'msgplay';

test('${name}', async () => {
${run}
  assert.deepEqual({ outcome, failed }, { outcome: 'passed', failed: [] });
});
`;
}
