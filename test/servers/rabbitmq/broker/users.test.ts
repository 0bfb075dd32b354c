import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/time/clock.ts';
import { createBroker, dial, open } from '../../../helpers/broker.ts';

const ann = {
  name: 'ann',
  password: 'secret',
  permissions: { '/': { configure: '^mine', write: '^(mine|amq\\.default)', read: '' } },
};
const login = { user: 'ann', password: 'secret' };
const url = 'amqp://guest:guest@memory';

describe('users and their permissions', () => {
  const broker = createBroker(systemClock, { users: [ann], vhosts: ['/', 'other'] });

  it.each([
    ['queue.declare', { queue: 'theirs' }, "queue 'theirs'"],
    ['exchange.declare', { exchange: 'theirs', type: 'fanout' }, "exchange 'theirs'"],
    ['basic.get', { queue: 'mine' }, "queue 'mine'"],
    ['queue.bind', { queue: 'mine', exchange: 'amq.topic' }, "exchange 'amq.topic'"],
  ] as const)('%s is refused', async (method, args, what) => {
    const peer = await open(broker, login);
    const { args: told } = await peer.call(1, method, args);
    const replyText = `ACCESS_REFUSED - access to ${what} in vhost '/' refused for user 'ann'`;
    expect(told).toMatchObject({ replyCode: 403, replyText });
  });

  it('what is permitted works', async () => {
    const peer = await open(broker, login);
    expect((await peer.call(1, 'queue.declare', { queue: 'mine' })).method).toBe('queue.declare-ok');
    await peer.call(1, 'confirm.select');
    peer.publish(1, { routingKey: 'mine' }, 'm');
    expect(await peer.confirms(1, 1)).toEqual({ acked: [1], nacked: [] });
    peer.publish(1, { exchange: 'amq.topic', routingKey: 'k' }, 'm');
    expect((await peer.answer(1)).args.replyCode).toBe(403);
  });

  it('a virtual host without permissions may not be entered', async () => {
    const answer = await dial(broker).handshake(url, { ...login, vhost: 'other' });
    const replyText = "NOT_ALLOWED - access to vhost 'other' refused for user 'ann'";
    expect(answer.args).toMatchObject({ replyCode: 530, replyText });
  });
});
