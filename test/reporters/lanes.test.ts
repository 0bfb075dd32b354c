/** How lanes read: what was seen and what is concluded, why, and who is there. */
import { describe, expect, test } from 'vitest';
import type { Ender, EventBody, TraceEvent } from '../../src/core/events.ts';
import type { Statement } from '../../src/core/statements/index.ts';
import lines from '../../src/reporters/lines.ts';
import pretty from '../../src/reporters/pretty.ts';
import { connection, consumes, deliver, dropped, lost, note, START, step, text } from '../helpers/told.ts';

describe('lanes', () => {
  test('what is concluded is a mark at the server with its reason, not an arrow', () => {
    expect(text(pretty, [step({}), dropped], { width: 160 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped from orders: queue orders was full (x-max-length 1), so its oldest message went"
    `);
  });

  test("a conclusion that is nobody's doing stands at the server, too", () => {
    const restarted = step({
      stage: 'dropped',
      basis: 'concluded',
      peer: '',
      from: 'server',
      route: '',
      reason: { code: 'RESTART_QUEUE_NOT_DURABLE', values: { queue: 'a' } },
    });
    expect(text(pretty, [step({}), restarted], { width: 120 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped: queue a was not durable and did not survive the restart"
    `);
  });

  test('a reason that is too long for one line goes on beside its mark', () => {
    expect(text(pretty, [step({}), dropped, deliver], { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ ✗ #1 dropped from orders: queue orders was
                │                        ┃   full (x-max-length 1), so its oldest
                │                        ┃   message went
           1.0  │                        ┃ #1 deliver ──▶│"
    `);
  });

  test('the reason of what was seen stands under its arrow', () => {
    const returned = step({
      stage: 'returned',
      verb: 'return',
      from: 'server',
      reason: { code: 'RETURNED', values: { replyCode: 312, replyText: 'NO_ROUTE' } },
    });
    expect(text(pretty, [returned])).toMatchInlineSnapshot(`
      "      ms  shop           RabbitMQ
           1.0  │◀── #1 return ┃
                │              ┃ why: 312 NO_ROUTE"
    `);
  });

  test('a message is called what the run calls it, and its body is cut by field', () => {
    const body = '{"job":3,"costMs":20,"what":"something long that does not fit any more"}';
    const named = { name: 'job 3', body };
    const bodies = [
      step(named),
      step({ ...named, stage: 'delivered', verb: 'deliver', peer: 'mailer', from: 'server' }),
    ];
    expect(text(pretty, bodies, { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                                         RabbitMQ           mailer
           1.0  │ job 3 publish → orders {"costMs":20,…} ───▶┃
           1.0  │                                            ┃ job 3 deliver ──▶│"
    `);
  });

  test('what a message without a name says is not lost where its arrow is short', () => {
    const said = step({ verb: 'SEND', route: '/topic/kitchen', body: 'Is anybody in the kitchen?' });
    expect(text(pretty, [said, deliver], { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                  RabbitMQ              mailer
           1.0  │ #1 SEND ───────────▶┃
                │ → /topic/kitchen    ┃
                │ "Is anybody in the  ┃
                │ kitchen?"           ┃
           1.0  │                     ┃ #1 deliver ────────▶│"
    `);
  });

  test('whoever does not act in a section has no lane there', () => {
    expect(text(pretty, [step({})], { width: 80 })).not.toContain('mailer');
    expect(text(pretty, [step({}), deliver], { width: 80 })).toContain('mailer');
  });

  test('whoever is not there has no lifeline', () => {
    const coming = [connection('shop', 'opened', 1), step({}), connection('mailer', 'opened', 2), consumes('mailer')];
    const going = [deliver, lost('mailer'), connection('mailer', 'closed', 2), step({ id: '#2' })];
    expect(text(pretty, [...coming, ...going], { width: 80 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃               • consumes from queue orders
           1.0  │                        ┃ #1 deliver ──▶│
           1.0  │                        ┃               ✗ connection lost
           1.0  │ #2 publish → orders ──▶┃"
    `);
  });

  test('a WebSocket server that a URL names need not be an echo', () => {
    const said = step({ stage: 'received', service: 'ws', from: 'server', verb: 'text', route: '' });
    const served = (backend: string): EventBody =>
      ({ ...START[0], backends: { ws: { backend, version: '' } } }) as EventBody;
    const shown = (backend: string, language: 'en' | 'ko'): string =>
      [pretty, lines].map((one) => text(one, [served(backend), said], { language })).join('\n');
    expect(shown('embedded', 'en')).toContain('echo server');
    for (const [language, name, echo] of [
      ['en', 'WebSocket server', 'echo'],
      ['ko', 'WebSocket 서버', '에코'],
    ] as const) {
      expect(shown('url', language)).toContain(name);
      expect(shown('url', language)).not.toContain(echo);
    }
  });

  test('whoever leaves without a word is seen to leave', () => {
    const coming = [connection('mailer', 'opened', 2), consumes('mailer'), deliver];
    expect(text(pretty, [...coming, connection('mailer', 'closed', 2), step({ id: '#2' })])).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0                           ┃               • consumes from queue orders
           1.0                           ┃ #1 deliver ──▶│
           1.0                           ┃               • leaves
           1.0  │ #2 publish → orders ──▶┃"
    `);
  });

  test('who ended a connection is told once, and nobody leaves whom a server has left', () => {
    const coming = [connection('mailer', 'opened', 2), consumes('mailer'), deliver];
    const ended = (by: Ender): EventBody => ({ ...connection('mailer', 'closed', 2), by }) as EventBody;
    expect(text(pretty, [...coming, ended('client')])).toContain('• leaves');
    expect(text(pretty, [...coming, ended('server')])).toContain('• RabbitMQ ended the connection');
    expect(text(pretty, [...coming, ended('cut')])).toContain('• connection lost');
    const told = [
      note('mailer', { code: 'CONNECTION_ERROR', values: { code: 320, text: 'CONNECTION_FORCED' } }),
      note('mailer', { code: 'WEBSOCKET_CLOSE', values: { by: 'server', peer: 'mailer', code: 1007, reason: '' } }),
      note('mailer', { code: 'WEBSOCKET_BROKEN', values: { by: 'server', peer: 'mailer' } }),
      note('mailer', { code: 'STOMP_DISCONNECT', values: {} }),
    ];
    for (const one of told) {
      const page = text(pretty, [...coming, one, ended('server')]);
      expect(page).not.toMatch(/leaves|• RabbitMQ ended/);
    }
  });

  test('whoever loses two connections does not leave as well', () => {
    const gone = (number: number): EventBody =>
      note('mailer', { code: 'CONNECTION_LOST', values: { by: undefined } }, { connection: number });
    const bodies = [
      ...[2, 3].map((number) => connection('mailer', 'opened', number)),
      ...[consumes('mailer'), deliver, gone(2), gone(3)],
      ...[2, 3].map((number) => connection('mailer', 'closed', number)),
    ];
    expect(text(pretty, bodies)).toContain('✗ connection lost');
    expect(text(pretty, bodies)).not.toContain('leaves');
    const once = [...bodies.slice(0, 5), connection('mailer', 'closed', 2), connection('mailer', 'closed', 3)];
    expect(text(pretty, once)).toContain('• leaves');
  });

  test('whoever loses connections to two servers is told which', () => {
    const gone = (service: 'rabbitmq' | 'redis', number: number): EventBody[] =>
      [
        { ...connection('mailer', 'opened', number), service } as EventBody,
        { ...note('mailer', { code: 'CONNECTION_LOST', values: { by: undefined } }, { connection: number }), service },
      ] as EventBody[];
    const [[one, end], [other, otherEnd]] = [gone('rabbitmq', 2), gone('redis', 3)] as [EventBody[], EventBody[]];
    const page = text(pretty, [one, other, end, otherEnd] as EventBody[]);
    expect(page).toContain('connection to RabbitMQ lost');
    expect(page).toContain('connection to Redis lost');
  });

  test('what a frame said in few words is an arrow, however near the lanes are', () => {
    const receipt = note('mailer', { code: 'STOMP_RECEIPT', values: { of: 'ACK' } }, { from: 'server' });
    const named = { ...deliver, name: 'message 1', verb: 'MESSAGE' } as EventBody;
    expect(text(pretty, [step({}), named, receipt], { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                 RabbitMQ               mailer
           1.0  │ #1 publish ───────▶┃
                │ → orders           ┃
           1.0  │                    ┃ message 1 MESSAGE ──▶│
           1.0  │                    ┃ RECEIPT for ACK ────▶│"
    `);
  });

  test('a note that fits nowhere beside its lane is not cut', () => {
    const long: EventBody = { type: 'note', text: `so ${'very '.repeat(30)}long`, peer: 'shop', service: 'rabbitmq' };
    expect(text(pretty, [step({}), long], { width: 60 })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  • so very very very very very very very very very
                │ very very very very very very very very very
                │ very very very very very very very very very
                │ very very very long    ┃"
    `);
  });

  test('the same of several is told once, on the lane of each', () => {
    expect(text(pretty, [consumes('shop'), consumes('mailer'), step({}), deliver])).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ        mailer
           1.0  • consumes from queue orders
           1.0  │                        ┃               • the same here
           1.0  │ #1 publish → orders ──▶┃
           1.0  │                        ┃ #1 deliver ──▶│"
    `);
  });

  test('whoever only did the same has a lane, too', () => {
    expect(text(pretty, [consumes('shop'), consumes('mailer'), step({})])).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ  mailer
           1.0  • consumes from queue orders
           1.0  │                        ┃         • the same here
           1.0  │ #1 publish → orders ──▶┃"
    `);
  });

  test('what is said at a goodbye is one line', () => {
    const close = (by: 'client' | 'server'): Statement => ({
      code: 'WEBSOCKET_CLOSE',
      values: { by, peer: 'shop', code: 1000, reason: '' },
    });
    const closing = { phase: 'closing' } as const;
    const bodies = [step({}), note('shop', close('client'), closing), note('shop', close('server'), closing)];
    expect(text(pretty, bodies, { handshakes: true })).toMatchInlineSnapshot(`
      "      ms  shop                     RabbitMQ
           1.0  │ #1 publish → orders ──▶┃
           1.0  • close from shop: 1000 · close from the server: 1000"
    `);
  });

  test('a section that takes its time is told as it happens', () => {
    const report = pretty.begin({ layer: undefined, width: 80, colorLevel: 0, language: 'en', handshakes: false });
    const at = (ms: number, body: EventBody): string => report({ seq: 1, at: ms, ...body } as TraceEvent);
    for (const body of START) at(0, body);
    expect(at(1, step({}))).toBe('');
    expect(at(900, step({ id: '#2' }))).toBe('');
    expect(at(1100, step({ id: '#3' }))).toMatch(/#1.*#2.*#3/s);
    expect(at(1101, deliver)).toMatch(/mailer.*#1/s);
  });
});
