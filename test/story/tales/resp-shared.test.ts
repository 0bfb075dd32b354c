/** A Redis that others use, too. */
import { beforeEach, expect, test } from 'vitest';
import { Narration, type Speaker } from '../../helpers/narrate.ts';
import { ask, reply, subscribe } from '../../helpers/resp-speech.ts';

let story: Narration;
let app: Speaker;
let worker: Speaker;
beforeEach(async () => {
  story = await Narration.of('redis', 'resp', { own: false });
  [app, worker] = [story.peer('app'), story.peer('worker')];
});

/** Everything that reached somebody was seen to be published. */
function expectNobodyElse(): void {
  const { account } = story.end();
  expect(account).toMatchObject({ foreign: 0, unknown: [], reached: account.published });
}

test.each([
  ['refused', '-ERR DB index is out of range', 'q'],
  ['carried out', '+OK', 'q (db 20)'],
])('a database may be there that servers do not have as they come: that it is %s tells', (_, selected, place) => {
  const app = ask(story.peer('app'), ['MULTI'], '+OK');
  for (const words of [
    ['SELECT', 20],
    ['RPUSH', 'q', 'x'],
  ])
    ask(app, words, '+QUEUED');
  ask(app, ['EXEC'], [selected, 1]);
  ask(app, ['SELECT', 0], '+OK');
  const routes = story.told.flatMap((event) => (event.type === 'message' ? `${event.stage} ${event.route}` : []));
  expect(routes).toEqual(['published q (db 0/20)', `queued ${place}`]);
});

test('what is pushed may reach who waits for it before the push is answered', () => {
  for (const body of ['a', 'a', 'b']) {
    ask(worker, ['BRPOP', 'jobs', 0]);
    ask(app, ['LPUSH', 'jobs', body]);
    worker.server(reply(['jobs', body]));
    app.server(reply(1));
  }
  expect(story.steps().filter((step) => step.includes('delivered'))).toEqual([
    '#1 delivered worker [jobs]',
    '#2 delivered worker [jobs]',
    '#3 delivered worker [jobs]',
  ]);
  expectNobodyElse();
});

test('what is moved may reach who waits for it before the move is answered', () => {
  ask(app, ['RPUSH', 'jobs', 'a', 'b'], 2);
  for (const body of ['a', 'b']) {
    ask(worker, ['BRPOP', 'due', 0]);
    ask(app, ['LMOVE', 'jobs', 'due', 'LEFT', 'LEFT']);
    worker.server(reply(['due', body]));
    app.server(reply(body));
  }
  expect(story.steps().filter((step) => step.includes('delivered'))).toEqual([
    '#1 delivered worker [due]',
    '#1 delivered app [jobs → due]',
    '#2 delivered worker [due]',
    '#2 delivered app [jobs → due]',
  ]);
  expectNobodyElse();
});

test('a push that is refused is in no list', () => {
  ask(app, ['RPUSH', 'jobs', 'a'], '-WRONGTYPE Operation against a key holding the wrong kind of value');
  ask(worker, ['LPOP', 'jobs'], 'a');
  expect(story.end().account).toMatchObject({ published: 1, ended: [{ count: 1, stage: 'rejected' }], foreign: 1 });
});

test('what others may have moved may be what is taken elsewhere, and is not counted as coming from others', () => {
  ask(app, ['RPUSH', 'jobs', 'a', 'a', 'b', 'c'], 4);
  ask(worker, ['LPOP', 'jobs'], 'c');
  ask(worker, ['RPOPLPUSH', 'moved', 'done'], 'a');
  ask(worker, ['LPOP', 'moved'], 'c');
  const [, moved] = story.messages().filter(({ stage }) => stage === 'delivered');
  expect([moved?.id, ...(moved?.among ?? [])]).toEqual(['#1', '#2', '#5']);
  expect(story.end().account).toMatchObject({ published: 4, reached: 1, foreign: 1, unknown: [{ count: 3 }] });
});

test('what was moved into a list of work is done with once it is removed there', () => {
  ask(app, ['RPUSH', 'jobs', 'a', 'b', 'b'], 3);
  ask(worker, ['LMOVE', 'jobs', 'work', 'LEFT', 'LEFT'], 'a');
  ask(worker, ['LREM', 'work', 1, 'a'], 1);
  story.steps();
  ask(app, ['LREM', 'jobs', 1, 'b'], 1);
  expect(story.messages().map(({ id, among, stage }) => [stage, id, ...(among ?? [])])).toEqual([
    ['dropped', '#2', '#3'],
  ]);
  ask(app, ['LREM', 'jobs', 0, 'b'], 1);
  const reason = { code: 'LIST_REMOVED', values: { key: 'jobs' } };
  const ended = [{ count: 2, stage: 'dropped', reason }];
  expect(story.end().account).toMatchObject({ published: 3, reached: 1, ended, unknown: [] });
  expect(story.notes()).toEqual([]);
});

test('what is removed of what others put there is told as a command', () => {
  ask(worker, ['LREM', 'work', 1, 'a'], 1);
  expect(story.notes()).toEqual(['worker: LREM work 1 a → 1']);
});

test('what is in a stream may be in others’ hands', () => {
  ask(app, ['XADD', 'log', '*', 'k', 'a'], '1-1');
  ask(app, ['XADD', 'log', '*', 'k', 'b'], '1-2');
  ask(app, ['XTRIM', 'log', 'MAXLEN', 1], 1);
  ask(app, ['DEL', 'log'], 1);
  const reason = { code: 'OTHERS_MAY_USE_KEY', values: { key: 'log' } };
  expect(story.end().account).toMatchObject({ published: 2, unknown: [{ count: 2, reason }] });
});

test('what others pushed is one message, though who took it was told before who had moved it there', () => {
  ask(app, ['BLMOVE', 'jobs', 'due', 'LEFT', 'LEFT', 0]);
  ask(worker, ['BLPOP', 'due', 0]);
  worker.server(reply(['due', 'a']));
  app.server(reply('a'));
  ask(worker, ['LPOP', 'due'], 'a');
  expect(story.messages().map(({ id, among }) => [id, ...(among ?? [])])).toEqual([['#1'], ['#1', '#2'], ['#3']]);
  expect(story.end().account).toMatchObject({ published: 0, foreign: 2 });
});

test('what others pushed is one message, wherever it is moved, and taken', () => {
  ask(worker, ['LMOVE', 'jobs', 'work', 'LEFT', 'LEFT'], 'a');
  ask(worker, ['LMOVE', 'work', 'done', 'LEFT', 'LEFT'], 'a');
  ask(app, ['LPOP', 'done'], 'a');
  expect(story.steps()).toEqual([
    '#1 delivered worker [jobs → work]',
    '#1 delivered worker [work → done]',
    '#1 delivered app [done]',
  ]);
  expect(story.end().account).toMatchObject({ published: 0, foreign: 1 });
});

test('what others pushed, and was moved on, is not what is taken where it was', () => {
  ask(worker, ['LMOVE', 'jobs', 'work', 'LEFT', 'LEFT'], 'a');
  ask(worker, ['LMOVE', 'work', 'done', 'LEFT', 'LEFT'], 'a');
  ask(app, ['LPOP', 'work'], 'a');
  expect(story.steps().at(-1)).toBe('#2 delivered app [work]');
  expect(story.end().account).toMatchObject({ foreign: 2 });
});

test('where one of two may have been taken, the one that others pushed is taken first', () => {
  ask(worker, ['LMOVE', 'jobs', 'work', 'LEFT', 'LEFT'], 'a');
  ask(app, ['RPUSH', 'work', 'a'], 2);
  ask(app, ['LPOP', 'work'], 'a');
  expect(story.messages().at(-1)).toMatchObject({ id: '#1', among: ['#2'] });
  expect(story.end().account).toMatchObject({ published: 1, reached: 0, foreign: 1 });
});

test('what was taken by others, and put elsewhere by them, is not taken for certain', () => {
  ask(app, ['RPUSH', 'jobs', 'a'], 1);
  ask(worker, ['RPOPLPUSH', 'moved', 'done'], 'a');
  ask(worker, ['LPOP', 'done'], 'a');
  expect(
    story
      .messages()
      .filter(({ stage }) => stage === 'delivered')
      .map(({ among }) => among?.length),
  ).toEqual([1, 1]);
  expect(story.end().account).toMatchObject({ published: 1, reached: 0, foreign: 0, unknown: [{ count: 1 }] });
});

test('what others publish is one message, whoever gets it and by whichever subscription', () => {
  subscribe(app, 'news');
  subscribe(worker, 'news');
  subscribe(worker, 'news*', 'psubscribe');
  for (const body of ['a', 'a']) {
    app.server(reply(['message', 'news', body]));
    worker.server(reply(['message', 'news', body]), reply(['pmessage', 'news*', 'news', body]));
  }
  expect(story.steps()).toEqual(
    ['#1', '#2'].flatMap((id) => [
      `${id} delivered app [news]`,
      `${id} delivered worker [news]`,
      `${id} delivered worker [news (news*)]`,
    ]),
  );
  expect(story.end().account).toMatchObject({ foreign: 2 });
});

test('a script that was answered before somebody subscribed published nothing to them', () => {
  ask(app, ['EVAL', 'return 1', 0], 1);
  subscribe(worker, 'news');
  ask(app, ['PUBLISH', 'news', 'a']);
  worker.server(reply(['message', 'news', 'a']));
  app.server(reply(1));
  expect(story.steps().at(-1)).toBe('#1 delivered worker [news]');
});

test('however many databases a transaction asks for, the ways in which it may get them are few', () => {
  ask(app, ['MULTI'], '+OK');
  for (let count = 0; count < 1_000; count++) ask(app, ['SELECT', 16 + (count % 100)], '+QUEUED');
  ask(app, ['RPUSH', 'q', 'x'], '+QUEUED');
  ask(app, ['EXEC']);
  expect(story.told.filter(({ type }) => type === 'message')).toHaveLength(1);
});
