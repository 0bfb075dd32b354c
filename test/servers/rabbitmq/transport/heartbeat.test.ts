/** When a RabbitMQ 4.0.5 (and 3.10.8) was heard to beat, with two seconds agreed on: seconds from the last word of the login. */
import { expect, it } from 'vitest';
import { Heartbeat } from '../../../../src/servers/rabbitmq/transport/heartbeat.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';

it.each([
  ['AMQP', 'is quiet', Number.POSITIVE_INFINITY, [1, 2, 3, 4, 5, 6, 7, 8]],
  ['STOMP', 'is quiet', Number.POSITIVE_INFINITY, [1, 3, 5, 7]],
  ['AMQP', 'says something every 1.7 s', 1700, [1, 3, 5, 8]],
  ['STOMP', 'says something every 1.7 s', 1700, [1, 3, 5, 8]],
  ['AMQP', 'says something every 0.3 s', 300, [1]],
  ['STOMP', 'says something every 0.3 s', 300, [1]],
])('beats over %s where it %s as RabbitMQ does', (protocol, _, everyMs, seconds) => {
  const clock = new ManualClock();
  const beats: number[] = [];
  let nowMs = 0;
  const heartbeat = new Heartbeat(clock, {
    sendMs: 2000,
    receiveMs: 0,
    beat: () => beats.push(nowMs / 1000),
    beatCounts: protocol === 'STOMP',
    lost: () => {},
  });
  for (nowMs = 100; nowMs <= 8500; nowMs += 100) {
    clock.advance(100);
    if (nowMs % everyMs === 0) heartbeat.sent();
  }
  heartbeat.stop();
  expect(beats).toEqual(seconds);
});
