/** What dies in a queue whose dead-letter exchange leads nowhere. */
import { beforeEach, describe, expect, test } from 'vitest';
import {
  ack,
  answered,
  bind,
  connect,
  consume,
  deliver,
  exchange,
  method,
  publish,
  queue,
} from '../../helpers/amqp-speech.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('rabbitmq', 'amqp');
});

/** One message expires in a queue that sends it on so. */
function expire(app: Speaker, to: { exchange?: string; key?: string }): void {
  queue(app, 'jobs', {
    'x-message-ttl': 10,
    'x-dead-letter-exchange': to.exchange ?? '',
    ...(to.key === undefined ? {} : { 'x-dead-letter-routing-key': to.key }),
  });
  answered(publish(app, '', 'jobs', 'a'));
  for (story.at of [1_000, 2_000]) answered(app);
}

const DIED = '#1 expired app [jobs] it waited in queue jobs for longer than it may live (10 ms)';

describe('a dead letter that nothing takes', () => {
  test('is told to have been sent on, and why nothing takes it there', () => {
    const app = exchange(connect(story, 'app'), 'dlx', 'direct');
    bind(queue(app, 'dead'), 'dead', 'dlx', 'other');
    expire(app, { exchange: 'dlx' });
    expect(story.steps().slice(1)).toEqual([
      DIED,
      '#1 dead-lettered app [jobs → dlx] expired in queue jobs',
      '#1 unroutable app [dlx (jobs)] exchange dlx (direct) has the bindings other; key jobs matches none of them',
    ]);
    const reason = { code: 'DEAD_LETTER_NOWHERE', values: { queue: 'jobs', exchange: 'dlx' } };
    expect(story.end().account.ended).toEqual([{ count: 1, stage: 'expired', reason }]);
  });

  test('for want of the exchange', () => {
    expire(connect(story, 'app'), { exchange: 'nox' });
    expect(story.steps().slice(1)).toEqual([
      DIED,
      '#1 unroutable app [nox (jobs)] queue jobs sends what dies in it to exchange nox, which is not there',
    ]);
  });

  test('for want of the queue', () => {
    expire(queue(connect(story, 'app'), 'letters'), { key: 'leters' });
    expect(story.steps().slice(1)).toEqual([
      DIED,
      '#1 unroutable app [leters] queue jobs sends what dies in it to queue leters, which is not there, but there is letters',
    ]);
  });

  test('is told where it was rejected, too', () => {
    const app = exchange(connect(story, 'app'), 'dlx', 'fanout');
    const worker = consume(queue(connect(story, 'worker'), 'jobs', { 'x-dead-letter-exchange': 'dlx' }), 'jobs');
    publish(app, '', 'jobs', 'a');
    answered(deliver(worker, 1, 'a').client(method('basic.reject', { deliveryTag: 1 })));
    expect(story.steps().slice(-2)).toEqual([
      '#1 dead-lettered app [jobs → dlx] rejected in queue jobs',
      '#1 unroutable app [dlx (jobs)] exchange dlx (fanout) has no binding: nothing takes what is published there',
    ]);
  });

  test('is dropped where it would go round for ever', () => {
    expire(connect(story, 'app'), { key: 'jobs' });
    expect(story.steps().slice(1)).toEqual([
      DIED,
      '#1 dropped app [jobs] what dies in queue jobs would come back to it and go round for ever, so the broker drops it',
    ]);
    const reason = { code: 'DEAD_LETTER_CYCLE', values: { queue: 'jobs', to: 'jobs' } };
    expect(story.end().account.ended).toEqual([{ count: 1, stage: 'expired', reason }]);
  });

  test('goes round where somebody rejects it on the way', () => {
    const args = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'jobs' };
    const app = consume(queue(connect(story, 'app'), 'jobs', args), 'jobs');
    publish(app, '', 'jobs', 'a');
    deliver(app, 1, 'a').client(method('basic.reject', { deliveryTag: 1 }));
    const headers = {
      'x-death': [{ reason: 'rejected', queue: 'jobs', exchange: '', 'routing-keys': ['jobs'], count: 1 }],
    };
    deliver(app, 2, 'a', {}, { headers }).client(ack(2));
    expect(story.end().account).toMatchObject({ published: 1, reached: 1 });
  });
});

test('what a queue with priorities drops is sent on by what was bound when the last one came', () => {
  const app = queue(exchange(connect(story, 'app'), 'dlx', 'fanout'), 'dead');
  queue(app, 'q', { 'x-max-length': 1, 'x-max-priority': 5, 'x-dead-letter-exchange': 'dlx' });
  answered(publish(app, '', 'q', 'low', { priority: 1 }));
  bind(app, 'dead', 'dlx');
  answered(publish(app, '', 'q', 'high', { priority: 5 }));
  expect(story.steps()).toContain('#2 dead-lettered app [q → dlx → dead] dropped, as it was full, in queue q');
});

test('what a full queue refuses and sends on never was in it', () => {
  const app = queue(connect(story, 'app'), 'dead');
  const args = { 'x-max-length': 1, 'x-overflow': 'reject-publish-dlx', 'x-dead-letter-exchange': '' };
  queue(app, 'q', { ...args, 'x-dead-letter-routing-key': 'dead' });
  answered(publish(app, '', 'q', 'first'));
  answered(publish(app, '', 'q', 'second'));
  const steps = story.steps();
  expect(steps.at(-1)).toBe('#2 dead-lettered app [q → dead] queue q was full and refused it');
  expect(steps.filter((step) => step.includes(' dropped '))).toEqual([]);
});
