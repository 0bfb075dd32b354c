import { defineScenario, say } from 'msgplay';

/** Where Redis tells the events of database 0. */
const EVENTS = '__keyevent@0__:';

export default defineScenario({
  name: 'keyspace-events',
  title: 'Redis tells what happens to keys, to those who listen at that moment',
  lesson: 6,
  options: {
    tell: { type: 'choice', choices: ['all', 'expired'], default: 'all', help: 'which events Redis tells (EA, or Ex)' },
    ttl: { type: 'integer', default: 30, min: 1, max: 5000, help: 'how long a session lives, in ms' },
  },
  needs: ['redis'],
  owns: () => ['redis'],
  about: ({ ttl, tell }) => say`sessions live ${ttl} ms · events told: ${tell}`,

  async run(lab, { ttl, tell }) {
    const { Redis } = await import('ioredis');
    const app = lab.using(new Redis(await lab.url('redis', 'app')));
    const key = (session: number) => lab.name(`session:${session}`);
    const heard: string[] = [];
    const ready = lab.name('ready');
    /** A listener hears of every event, and of a word on a channel of ours: when that has come, so have the events before. */
    const listen = async () => {
      const listener = lab.using(new Redis(await lab.url('redis', 'listener')));
      listener.on('pmessage', (_pattern, channel: string, name: string) => {
        const event = channel.slice(EVENTS.length);
        lab.note(say`hears: ${event} ${name}`, 'listener');
        heard.push(`${event} ${name}`);
      });
      listener.on('message', (channel: string) => heard.push(channel));
      await listener.psubscribe(`${EVENTS}*`);
      await listener.subscribe(ready);
      return listener;
    };
    const events = async () => {
      await app.publish(ready, 'that was all');
      await lab.until('the listener has heard all', () => heard.includes(ready));
      const all = heard.splice(0).filter((one) => one !== ready);
      return all.join(', ');
    };

    await lab.step('Out of the box Redis tells nothing of its keys');
    const listener = await listen();
    const choices = ['nothing', 'the key', 'the key and its value'];
    const silent = await lab.predict('app writes a key. What does the listener hear?', choices);
    await app.set(key(1), 'user 1');
    const before = await events();
    const why = 'notify-keyspace-events is empty by default, as telling costs time';
    silent.answer(before === '' ? 'nothing' : 'the key', why);
    lab.check('without the setting nothing is told', before === '', say`heard: ${before || '-'}`);

    const flags = tell === 'all' ? 'EA' : 'Ex';
    await lab.step(say`The setting is on: what happens to a key is published (notify-keyspace-events ${flags})`);
    await app.config('SET', 'notify-keyspace-events', flags);
    await app.set(key(1), 'user 2');
    await app.expire(key(1), 100);
    await app.del(key(1));
    const told = await events();
    const expected = tell === 'all' ? 'set session:1, expire session:1, del session:1' : '';
    lab.check('Redis tells the kinds of events it was asked to tell', told === expected, say`heard: ${told || '-'}`);

    await lab.step(
      say`A session expires after ${ttl} ms, and nobody asks for it: expire = its TTL was set, expired = it is over`,
    );
    const parts = { name: 'its name', value: 'its name and its value' };
    const brings = await lab.predict('The session expires. What does the event bring?', parts);
    await app.set(key(2), 'user 1', 'PX', ttl);
    await lab.until('the session is told to have expired', () => heard.includes('expired session:2'));
    const left = await app.get(key(2));
    await events();
    const isGone = 'when the event comes, the key is removed already, and its value with it';
    brings.answer(left === null ? 'name' : 'value', isGone);
    lab.check('the event comes when the key is gone', left === null);

    await lab.step('The listener is away while a session expires');
    const fates = { yes: 'yes: Redis keeps the event', no: 'no: it is published once, and gone' };
    const late = await lab.predict('The listener comes back later. Does it hear of that session?', fates);
    await listener.quit();
    await lab.until('the listener is gone', () => lab.traffic('listener').openConnections === 0);
    await app.set(key(3), 'user 1', 'PX', ttl);
    while ((await app.exists(key(3))) === 1) await lab.sleep(ttl);
    lab.note('session:3 has expired; Redis published that, and nobody was subscribed');
    await listen();
    const missed = await events();
    const isLost = 'events are PUBLISHed like any message of publish/subscribe: nothing is kept';
    late.answer(missed.includes('session:3') ? 'yes' : 'no', isLost);
    lab.check('what happened meanwhile is never told', missed === '', say`heard: ${missed || '-'}`);
  },
});
