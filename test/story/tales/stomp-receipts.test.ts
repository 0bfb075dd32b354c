import { beforeEach, describe, expect, test } from 'vitest';
import { Narration, type Speaker } from '../../helpers/narrate.ts';
import { call, frame, connect as greet, send, subscribe } from '../../helpers/stomp-speech.ts';

let story: Narration;
beforeEach(async () => {
  story = await Narration.of('stomp', 'stomp');
});

const connect = (name: string): Speaker => greet(story, name);
const receipt = (id: string): Buffer => frame('RECEIPT', { 'receipt-id': id });

test('a receipt whose id is used again answers what asked for it first', () => {
  const alice = subscribe(connect('alice'), '/topic/lobby');
  for (const body of ['one', 'two']) send(alice, '/topic/lobby', body, { receipt: 'same' });
  alice.server(frame('RECEIPT', { 'receipt-id': 'same' }));
  expect(story.steps().at(-1)).toContain('#1 confirmed alice');
  alice.server(frame('RECEIPT', { 'receipt-id': 'same' }));
  expect(story.steps().at(-1)).toContain('#2 confirmed alice');
});

test('of receipts of one id nothing tells which of a SEND and a SUBSCRIBE each answers: all are answered with the last', () => {
  const alice = send(connect('alice'), '/queue/mail', 'x', { receipt: 'same' });
  alice.client(frame('SUBSCRIBE', { id: '1', destination: '/topic/lobby', receipt: 'same' })).server(receipt('same'));
  expect(story.notes().at(-1)).toBe('alice: RECEIPT for same');
  expect(story.steps()).toEqual(['#1 published alice [/queue/mail]']);
  alice.server(receipt('same'));
  expect(story.steps().at(-1)).toBe('#1 confirmed alice [/queue/mail]');
});

test('what is refused gets no receipt: that of its id answers what stood behind', () => {
  const alice = connect('alice').client(frame('COMMIT', { transaction: 'none', receipt: 'same' }));
  send(alice, '/queue/mail', 'x', { receipt: 'same' });
  const error = { message: 'Bad transaction' };
  alice.server(frame('ERROR', error, 'Invalid transaction identifier: "none"\n'), receipt('same'));
  expect(story.steps().at(-1)).toBe('#1 confirmed alice [/queue/mail]');
});

describe('receipts and errors', () => {
  test('a receipt confirms what was sent, or says what it is for', () => {
    const alice = connect('alice');
    send(alice, '/queue/a', 'x', { receipt: 'r1' }).server(frame('RECEIPT', { 'receipt-id': 'r1' }));
    expect(story.steps().at(-1)).toBe('#1 confirmed alice [/queue/a]');
    subscribe(alice, '/topic/a');
    alice.server(frame('RECEIPT', { 'receipt-id': 'unasked' }));
    expect(story.notes().slice(-2)).toEqual(['alice: RECEIPT for SUBSCRIBE /topic/a', 'alice: RECEIPT for unasked']);
  });

  test('an error is told with its text', () => {
    connect('alice').server(frame('ERROR', { message: 'not found' }, 'There is no such thing\n'));
    expect(story.notes().at(-1)).toBe('alice: ERROR not found: There is no such thing');
  });

  test('an ACK of nothing that was delivered is refused alone: what stands around it counts', () => {
    const alice = send(connect('alice'), '/queue/a', 'x').client(frame('ACK', { id: 'T_none@@session-1@@1' }));
    alice.server(frame('ERROR', { message: 'Subscription not found' }, 'Message with id ... has no subscription\n'));
    call(alice, 'SEND', { destination: '/queue/a' }, 'y');
    expect(story.end().account).toMatchObject({ published: 2, waiting: [{ place: 'a', count: 2 }] });
  });

  test('what is sent after DISCONNECT is not read', () => {
    const alice = connect('alice').client(frame('DISCONNECT', { receipt: 'bye' }));
    send(alice, '/queue/a', 'x')
      .server(frame('RECEIPT', { 'receipt-id': 'bye' }))
      .gone('server');
    const reason = { code: 'BEHIND_GOODBYE', values: { ended: 'session' } };
    expect(story.end().account).toMatchObject({ published: 1, ended: [{ count: 1, stage: 'discarded', reason }] });
  });

  test('a login is told, a passcode never', () => {
    connect('alice');
    expect(story.notes()).toEqual(['alice: CONNECT as guest', 'alice: CONNECTED, STOMP 1.2']);
    expect(JSON.stringify(story.told)).not.toContain('hush');
  });
});
