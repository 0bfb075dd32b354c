import { beforeEach, describe, expect, test } from 'vitest';
import { encodeCommand } from '../../../src/protocols/resp/index.ts';
import { Narration, type Speaker } from '../../helpers/narrate.ts';
import { ask, reply, subscribe } from '../../helpers/resp-speech.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('redis', 'resp');
});

test('who says QUIT is told to go when it says so, not when the socket ends', () => {
  ask(story.peer('search'), ['QUIT']);
  ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello'], 0);
  expect(story.notes()).toContain('search: closes its connection');
  const kinds = story.told.map((event) =>
    event.type === 'note' ? event.peer : event.type === 'message' ? event.id : '',
  );
  expect(kinds.indexOf('search')).toBeLessThan(kinds.indexOf('#1'));
});

describe('publish/subscribe', () => {
  test('everybody who is there gets it', () => {
    const [email, audit] = ['email', 'audit'].map((name) => subscribe(story.peer(name), 'news')) as [Speaker, Speaker];
    const publisher = ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello']);
    story.at = 0.5;
    for (const one of [email, audit]) one.server(reply(['message', 'news', 'hello']));
    publisher.server(reply(2));
    expect(story.messages().map(({ latencyMs }) => latencyMs)).toEqual([undefined, 0.5, 0.5]);
    expect(story.steps()).toEqual([
      '#1 published publisher [news]',
      '#1 delivered email [news]',
      '#1 delivered audit [news]',
    ]);
    expect(story.contradictions()).toEqual([]);
  });

  const lost = { code: 'SUBSCRIBER_LOST', values: { peer: 'email' } };

  test.each(['before', 'after'])('whose connection ends %s the answer may not have got it', (when) => {
    const email = subscribe(story.peer('email'), 'news');
    const publisher = ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello']);
    if (when === 'before') email.gone();
    publisher.server(reply(1));
    if (when === 'after') email.gone();
    expect(story.end().account).toMatchObject({ published: 1, reached: 0, unknown: [{ count: 1, reason: lost }] });
  });

  test('one of several whose connection ends does not matter where another one gets it', () => {
    const [email, audit] = ['email', 'audit'].map((name) => subscribe(story.peer(name), 'news')) as [Speaker, Speaker];
    ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello'], 2);
    email.gone();
    audit.server(reply(['message', 'news', 'hello']));
    expect(story.end().account).toMatchObject({ published: 1, reached: 1, unknown: [] });
  });

  test('what it was told to have been given to somebody else has reached that one', async () => {
    story = await Narration.of('redis', 'resp', { own: false });
    const email = subscribe(story.peer('email'), 'news');
    ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello'], 2);
    email.gone();
    expect(story.end().account).toMatchObject({ published: 1, reached: 1, unknown: [] });
  });

  test('what Redis tells of its keys was published by nobody', () => {
    const peer = subscribe(story.peer('me'), '__keyevent@0__:*', 'psubscribe');
    ask(story.peer('app'), ['DEL', 'session'], 1);
    peer.server(reply(['pmessage', '__keyevent@0__:*', '__keyevent@0__:del', 'session']));
    expect(story.steps()).toEqual(['#1 pushed me [__keyevent@0__:del (__keyevent@0__:*)]']);
    expect(story.end().account).toMatchObject({ published: 0, foreign: 0, unknown: [] });
  });

  test('what Redis tells of a key is told after the command that did it, whose reply comes later', () => {
    const peer = subscribe(story.peer('me'), '__key*__:*', 'psubscribe');
    const app = ask(story.peer('app'), ['SET', 'session', 'x', 'PX', 30]);
    ask(story.peer('idle'), ['BLPOP', 'session', 0]);
    peer.server(reply(['pmessage', '__key*__:*', '__keyevent@0__:set', 'session']));
    peer.server(reply(['pmessage', '__key*__:*', '__keyspace@0__:session', 'set']));
    peer.server(reply(['pmessage', '__key*__:*', '__keyevent@0__:del', 'other']));
    expect(story.steps()).toEqual(['#1 pushed me [__keyevent@0__:del (__key*__:*)]']);
    story.at = 0.5;
    app.server(reply('+OK'));
    expect(story.told.map((event) => (event.type === 'message' ? event.route : event.statement?.code))).toEqual([
      'REDIS_COMMAND',
      '__keyevent@0__:set (__key*__:*)',
      '__keyspace@0__:session (__key*__:*)',
    ]);
  });

  test('what Redis tells of a key does not wait for a connection that is gone, nor behind what came later', () => {
    const peer = subscribe(subscribe(story.peer('me'), '__keyevent@0__:set'), 'ready');
    const app = ask(story.peer('app'), ['SET', 'a', 1]);
    peer.server(reply(['message', '__keyevent@0__:set', 'a']));
    expect(story.steps()).toEqual([]);
    app.gone();
    expect(story.steps()).toEqual(['#1 pushed me [__keyevent@0__:set]']);
    ask(story.peer('other'), ['SET', 'b', 1]);
    peer.server(reply(['message', '__keyevent@0__:set', 'b']));
    ask(story.peer('shop'), ['PUBLISH', 'ready', 'now']);
    peer.server(reply(['message', 'ready', 'now']));
    expect(story.steps()).toEqual([
      '#2 published shop [ready]',
      '#3 pushed me [__keyevent@0__:set]',
      '#2 delivered me [ready]',
    ]);
  });

  test('what a client publishes there is a message like any other', () => {
    const peer = subscribe(story.peer('me'), '__keyevent@0__:del');
    ask(story.peer('app'), ['PUBLISH', '__keyevent@0__:del', 'session']);
    peer.server(reply(['message', '__keyevent@0__:del', 'session']));
    expect(story.steps()).toEqual(['#1 published app [__keyevent@0__:del]', '#1 delivered me [__keyevent@0__:del]']);
  });

  test('patterns and sharded channels', () => {
    const peer = subscribe(subscribe(story.peer('me'), 'news.*', 'psubscribe'), 'shard', 'ssubscribe');
    const publisher = story.peer('publisher');
    ask(publisher, ['PUBLISH', 'news.tech', 'a']);
    peer.server(reply(['pmessage', 'news.*', 'news.tech', 'a']));
    ask(publisher, ['SPUBLISH', 'shard', 'b']);
    peer.server(reply(['smessage', 'shard', 'b']));
    expect(story.steps()).toEqual([
      '#1 published publisher [news.tech]',
      '#1 delivered me [news.tech (news.*)]',
      '#2 published publisher [shard]',
      '#2 delivered me [shard]',
    ]);
  });

  test('nobody there: dropped, and why', () => {
    subscribe(story.peer('other'), 'weather');
    ask(story.peer('publisher'), ['PUBLISH', 'news', 'hello'], 0);
    expect(story.steps()).toEqual([
      '#1 published publisher [news]',
      '#1 dropped publisher [news] nobody subscribes to news at this moment, and Redis keeps nothing',
    ]);
    expect(story.contradictions()).toEqual([]);
  });

  test('a sharded one is told as what it is', () => {
    ask(story.peer('app'), ['SPUBLISH', 'news', 'a'], 0);
    expect(story.messages().map(({ verb }) => verb)).toEqual(['SPUBLISH', 'SPUBLISH → 0']);
  });

  test('what may be a script’s, or somebody’s, is not counted as a script’s', () => {
    const reader = subscribe(story.peer('reader'), 'news');
    const app = story.peer('app');
    ask(app, ['EVAL', 'return 1', 0], 1);
    ask(app, ['PUBLISH', 'news', 'a']);
    reader.server(reply(['message', 'news', 'a']));
    app.server(reply(1));
    expect(story.messages().at(-1)).toMatchObject({ id: '#1', among: ['#2'] });
    expect(story.end().account).toMatchObject({ published: 1, reached: 1, foreign: 0 });
  });

  test('who comes late, or has left, is not among the receivers', () => {
    const early = subscribe(story.peer('early'), 'news');
    const publisher = story.peer('publisher');
    ask(publisher, ['PUBLISH', 'news', 'a'], 1);
    subscribe(story.peer('late'), 'news');
    ask(early, ['UNSUBSCRIBE', 'news'], ['unsubscribe', 'news', 0]);
    ask(publisher, ['PUBLISH', 'news', 'b'], 1);
    expect(story.steps()).toEqual(['#1 published publisher [news]', '#2 published publisher [news]']);
  });

  test('a connection that ends takes its subscriptions with it', () => {
    const peer = subscribe(subscribe(story.peer('me'), 'a'), 'b');
    peer.gone();
    expect(story.notes().at(-1)).toBe('me: is gone, and with it its subscription to a, b');
    ask(story.peer('publisher'), ['PUBLISH', 'a', 'x'], 0);
    expect(story.steps().at(-1)).toContain('dropped');
  });

  test('subscribing twice to the same is one subscription', () => {
    const peer = subscribe(subscribe(story.peer('me'), 'news'), 'news');
    ask(story.peer('publisher'), ['PUBLISH', 'news', 'x'], 1);
    peer.server(reply(['message', 'news', 'x']));
    expect(story.steps()).toEqual(['#1 published publisher [news]', '#1 delivered me [news]']);
  });

  describe('a transaction that may yet be aborted', () => {
    const twice = [['MULTI'], ['PUBLISH', 'news', 'x'], ['EXEC'], ['PUBLISH', 'news', 'x'], ['GET', 'k']];
    const publishTwice = (): { reader: Speaker; app: Speaker } => {
      const reader = subscribe(story.peer('reader'), 'news');
      return { reader, app: story.peer('app').client(Buffer.concat(twice.map((words) => encodeCommand(words)))) };
    };
    const delivered = (): string[] => story.steps().filter((step) => step.includes('delivered'));

    test('what was given before it was answered is what was published behind it', () => {
      const { reader, app } = publishTwice();
      story.at = 0.5;
      reader.server(reply(['message', 'news', 'x']));
      expect(delivered()).toEqual([]);
      story.at = 2;
      app.server(reply('+OK'), reply('-ERR unknown command'), reply('-EXECABORT'), reply(1));
      expect(story.messages().at(-1)).toMatchObject({ id: '#2', latencyMs: 0.5 });
      expect(delivered()).toEqual(['#2 delivered reader [news]']);
      expect(story.end().account).toMatchObject({ published: 2, reached: 1, ended: [{ count: 1 }] });
    });

    test('where it was done, both were given, in their order', () => {
      const { reader, app } = publishTwice();
      reader.server(reply(['message', 'news', 'x']), reply(['message', 'news', 'x']));
      app.server(reply('+OK'), reply('+QUEUED'), reply([1]), reply(1));
      expect(delivered()).toEqual(['#1 delivered reader [news]', '#2 delivered reader [news]']);
      expect(story.end().account).toMatchObject({ published: 2, reached: 2 });
    });

    test('it stays open which one it was where no answer comes', () => {
      const { reader, app } = publishTwice();
      reader.server(reply(['message', 'news', 'x']));
      app.gone();
      expect(story.messages().at(-1)).toMatchObject({ id: '#1', among: ['#2'], stage: 'delivered' });
    });

    test('what was published while that was open is none of it', () => {
      const { reader, app } = publishTwice();
      reader.server(reply(['message', 'news', 'x']));
      ask(story.peer('late'), ['PUBLISH', 'news', 'x']);
      app.server(reply('+OK'), reply('-ERR unknown command'), reply('-EXECABORT'), reply(1));
      expect(delivered()).toEqual(['#2 delivered reader [news]']);
    });
  });

  test('a pipeline of publishes, answered in order', () => {
    const peer = subscribe(story.peer('me'), 'news');
    const publisher = story.peer('publisher');
    publisher.client(Buffer.concat(['a', 'b', 'c'].map((body) => encodeCommand(['PUBLISH', 'news', body]))));
    for (const body of ['a', 'b', 'c']) peer.server(reply(['message', 'news', body]));
    publisher.server(Buffer.concat([reply(1), reply(1), reply(1)]));
    expect(story.messages().filter(({ stage }) => stage === 'delivered').length).toBe(3);
    expect(story.end()).toMatchObject({
      stages: { published: 3, delivered: 3 },
      account: { published: 3, reached: 3 },
    });
  });
});

test('what a client that keeps values is told to forget', async () => {
  const story = await Narration.of('redis', 'resp');
  const old = subscribe(story.peer('old'), '__redis__:invalidate');
  old.server(reply(['message', '__redis__:invalidate', ['q']]), reply(['message', '__redis__:invalidate', null]));
  const app = ask(story.peer('app'), ['PING'], '+PONG');
  app.server(Buffer.from('>2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n'));
  expect(story.notes().filter((note) => note.includes('forget'))).toEqual([
    'old: is told to forget what it keeps of q (CLIENT TRACKING)',
    'old: is told to forget what it keeps of every key (CLIENT TRACKING)',
    'app: is told to forget what it keeps of a, b (CLIENT TRACKING)',
  ]);
  expect(story.end().account).toMatchObject({ published: 0, foreign: 0 });
});
