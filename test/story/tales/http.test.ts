/** The story of HTTP. */
import { describe, expect, test } from 'vitest';
import { expectNoAccount, get, head, ok, request, story, upgrade } from '../../helpers/web-speech.ts';

describe('HTTP', () => {
  test('every request has its response, kept alive or pipelined', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/a'));
    told.at = 3;
    peer.server(ok('[]'));
    peer.client(get('/b'), get('/c')).server(ok('x'), ok('', '204 No Content'));
    expect(told.messages().map(({ id, verb, body, latencyMs }) => [id, verb, body, latencyMs])).toEqual([
      ['#1', 'GET', '', undefined],
      ['#1', '200', '[]', 3],
      ['#2', 'GET', '', undefined],
      ['#3', 'GET', '', undefined],
      ['#2', '200', 'x', 0],
      ['#3', '204', '', 0],
    ]);
    expect(told.steps().slice(0, 2)).toEqual(['#1 requested me [/a]', '#1 responded me [OK]']);
    expect(told.end()).toMatchObject({ stages: { requested: 3, responded: 3 }, accounts: {} });
  });

  test('server-sent events: one response, and each event as it comes', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/events'));
    peer.server(head('200 OK', 'Content-Type: text/event-stream', 'Transfer-Encoding: chunked'));
    expect(told.steps()).toEqual(['#1 requested me [/events]', '#1 responded me [OK]']);
    for (const event of ['data: one\n\n', 'event: price\ndata: two\n\n']) {
      peer.server(Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`));
    }
    expect(told.messages()).toMatchObject([
      { stage: 'pushed', verb: 'event', route: '', body: 'one' },
      { stage: 'pushed', verb: 'event', route: 'price', body: 'two' },
    ]);
    expect(told.messages().every(({ latencyMs }) => latencyMs === undefined)).toBe(true);
    peer.server(Buffer.from('0\r\n\r\n'));
    expect(told.notes()).toEqual(['me: the event stream ends']);
    peer.gone('server');
    expect(told.notes().length).toBe(1);
    expectNoAccount(told);
  });

  test('a request on a connection that the server has ended has no response, which is told before what follows', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/a')).server(ok('x'));
    peer.ends('server').client(get('/b'));
    told.peer('other').client(get('/c'));
    expect(told.notes()).toEqual(['me: #2 GET /b has no response: the server ended the connection']);
    peer.gone('server');
    expect(told.notes()).toHaveLength(1);
  });

  test.each([
    ['client', 'me ended the connection'],
    ['server', 'the server ended the connection'],
    ['cut', 'the connection was cut'],
  ] as const)('who ended a connection before everything was said: %s', async (by, words) => {
    const waits = await story();
    waits.peer('me').client(get('/updates?wait=10000&token=hush')).gone(by);
    expect(waits.notes()).toEqual([`me: #1 GET /updates?wait=10000&token=*** has no response: ${words}`]);

    const streams = await story();
    streams.peer('me').client(get('/')).server(head('200 OK', 'Content-Type: text/event-stream')).gone(by);
    expect(streams.notes()).toEqual([`me: the event stream ends: ${words}`]);

    const asks = await story();
    asks
      .peer('me')
      .client(get('/', 'Connection: Upgrade', 'Upgrade: websocket'))
      .gone(by);
    expect(asks.notes().at(-1)).toBe(`me: the upgrade is not answered: ${words}`);
  });

  test.each([
    ['of known length', [head('200 OK', 'Content-Length: 9'), Buffer.from('abc')], 'abc'],
    ['of which nothing came', [head('200 OK', 'Content-Length: 9')], ''],
    ['in chunks', [head('200 OK', 'Transfer-Encoding: chunked'), Buffer.from('3\r\nabc\r\n')], 'abc'],
    ['in the middle of a chunk', [head('200 OK', 'Transfer-Encoding: chunked'), Buffer.from('9\r\nabc')], 'abc'],
  ])('a response that is cut off is told as that: %s', async (_, bytes, body) => {
    const told = await story();
    const peer = told
      .peer('me')
      .client(get('/a'))
      .server(...bytes);
    expect(told.steps()).toEqual(['#1 requested me [/a]']);
    peer.ends('server').gone('server');
    expect(told.messages()).toMatchObject([{ stage: 'responded', verb: '200', body }]);
    expect(told.steps()).toEqual(['#1 responded me [OK] cut off: the server ended the connection']);
    expect(told.notes()).toEqual([]);
    // Reset, the connection ends without saying so.
    const reset = await story();
    reset
      .peer('me')
      .client(get('/a'))
      .server(...bytes)
      .gone('server');
    expect(reset.messages().at(-1)).toMatchObject({ stage: 'responded', body });
    expect(reset.steps().at(-1)).toBe('#1 responded me [OK] cut off: the server ended the connection');
  });

  test('a response that goes on to the end of the connection is cut off by a reset', async () => {
    const told = await story();
    told.peer('me').client(get('/a')).server(head('200 OK'), Buffer.from('abc')).gone('server');
    expect(told.messages().at(-1)).toMatchObject({ stage: 'responded', body: 'abc' });
    expect(told.steps().at(-1)).toBe('#1 responded me [OK] cut off: the server ended the connection');
  });

  test('of a request that is cut off by a reset is told what there was', async () => {
    const told = await story();
    told
      .peer('me')
      .client(request('POST', '/a', 'Content-Length: 9'), Buffer.from('abc'))
      .gone('client');
    expect(told.messages()).toMatchObject([{ stage: 'requested', body: 'abc' }]);
  });

  test('a response that the end of the connection completes is whole', async () => {
    const told = await story();
    told.peer('me').client(get('/a')).server(head('200 OK'), Buffer.from('abc')).ends('server').gone('server');
    expect(told.steps()).toEqual(['#1 requested me [/a]', '#1 responded me [OK]']);
    told
      .peer('me')
      .client(get('/b'))
      .server(head('400 Bad Request', 'Connection: close'))
      .ends('server')
      .gone('client');
    expect(told.steps()).toEqual(['#2 requested me [/b]', '#2 responded me [Bad Request]']);
  });

  test('a response in chunks is told when it is complete, with all its bytes counted', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/a'));
    peer.server(head('200 OK', 'Transfer-Encoding: chunked'), Buffer.from('3\r\nabc\r\n'));
    expect(told.messages().length).toBe(1);
    peer.server(Buffer.from('3\r\ndef\r\n0\r\n\r\n'));
    expect(told.messages().at(-1)).toMatchObject({ stage: 'responded', body: 'abcdef' });
    const binary = Buffer.alloc(300);
    peer.client(get('/b')).server(head('200 OK', 'Transfer-Encoding: chunked'));
    for (let count = 0; count < 3; count++) peer.server(Buffer.from('12c\r\n'), binary, Buffer.from('\r\n'));
    peer.server(Buffer.from('0\r\n\r\n'));
    expect(told.messages().at(-1)!.body).toBe('900 bytes of binary data');
  });

  test.each([
    ['HEAD', '200 OK', ['Content-Length: 100']],
    ['HEAD', '200 OK', ['Content-Type: text/event-stream']],
    ['GET', '204 No Content', []],
    ['GET', '304 Not Modified', ['Content-Length: 100']],
    ['GET', '200 OK', ['Content-Length: 0']],
  ])('a response without a body is told at once: %s, %s', async (method, status, headers) => {
    const told = await story();
    const peer = told
      .peer('me')
      .client(request(method, '/b'))
      .server(head(status, ...headers));
    expect(told.messages().map(({ stage }) => stage)).toEqual(['requested', 'responded']);
    peer.gone();
    expect(told.notes()).toEqual([]);
  });

  test('a compressed event stream, which nobody reads event by event, is told when it is complete', async () => {
    const told = await story();
    const peer = told.peer('me').client(get('/e'));
    peer.server(head('200 OK', 'Content-Type: text/event-stream', 'Content-Encoding: gzip', 'Content-Length: 2'));
    expect(told.messages().length).toBe(1);
    peer.server(Buffer.from('xy'));
    expect(told.messages().at(-1)).toMatchObject({ stage: 'responded', body: 'xy' });
  });

  test('what a request carries is told, all of it', async () => {
    const told = await story();
    const peer = told.peer('me').client(request('POST', '/a', 'Content-Length: 5'), Buffer.from('hel'));
    expect(told.messages()).toEqual([]);
    peer.client(Buffer.from('lo'));
    expect(told.messages()).toMatchObject([{ stage: 'requested', verb: 'POST', route: '/a', body: 'hello' }]);
  });

  test('an interim response is no response: 100 Continue, 103 Early Hints', async () => {
    const told = await story();
    const peer = told.peer('me').client(request('POST', '/echo', 'Content-Length: 5', 'Expect: 100-continue'));
    peer.server(head('100 Continue')).client(Buffer.from('hello')).server(head('103 Early Hints'), ok('hello'));
    expect(told.notes()).toEqual([
      'me: 100 Continue: POST /echo is still to come, with its body',
      'me: 103 Early Hints: the response to POST /echo is still to come',
    ]);
    expect(told.messages()).toMatchObject([
      { id: '#1', stage: 'requested', verb: 'POST', body: 'hello' },
      { id: '#1', stage: 'responded', verb: '200', body: 'hello' },
    ]);
  });

  test('a request that is answered or cut off before all of it is there', async () => {
    const told = await story();
    const peer = told.peer('me').client(request('POST', '/a', 'Content-Length: 9'), Buffer.from('abc'));
    peer.server(ok('', '413 Content Too Large')).client(Buffer.from('defghi'));
    expect(told.steps()).toEqual([
      '#1 requested me [/a] its body was not complete when it was answered',
      '#1 responded me [Content Too Large]',
    ]);
    peer.client(request('PUT', '/b', 'Transfer-Encoding: chunked'), Buffer.from('3\r\nabc\r\n9\r\nde'));
    peer.ends('client').gone('client');
    expect(told.messages()).toMatchObject([{ verb: 'PUT', body: 'abcde' }]);
    expect(told.notes()).toEqual(['me: #2 PUT /b has no response: me ended the connection']);
    expect(told.steps()).toEqual(['#2 requested me [/b] its body is cut off: me ended the connection']);
  });

  test('a response that nobody asked for', async () => {
    const told = await story();
    told.peer('me').server(head('408 Request Timeout', 'Connection: close')).ends('server').gone('server');
    expect(told.notes()).toEqual(['me: 408 Request Timeout: answers no request']);
    expect(told.messages()).toEqual([]);
  });

  test('where a side can no longer be read, nothing follows from its silence', async () => {
    const told = await story();
    told.peer('me').client(get('/a')).unreadable('server').gone('client');
    told.peer('you').unreadable('client').server(ok('x')).gone('client');
    told
      .peer('them')
      .client(request('POST', '/a', 'Content-Length: 9'))
      .unreadable('client')
      .server(ok('x'))
      .gone();
    expect(told.notes()).toEqual([
      "me: whether #1 GET /a was answered can't be told: what the server says can't be read",
    ]);
  });

  test('a response that is not quite HTTP is told, and what is wrong with it', async () => {
    const told = await story();
    told.peer('me').client(get('/a')).server(Buffer.from('HTTP/1.1 200 OK\nA : b\nContent-Length: 2\n\nhi'));
    expect(told.notes()).toEqual([
      'me: the response is not quite HTTP, though clients read it: a line ends with LF alone, a blank stands before a colon',
    ]);
    expect(told.messages().at(-1)).toMatchObject({ stage: 'responded', body: 'hi' });
    const chunked = head('200 OK', 'Transfer-Encoding: chunked');
    told.peer('you').client(get('/b')).server(chunked, Buffer.from('2\r\nhi\r\n0\r\nA: b\n\n'));
    expect(told.notes().at(-1)).toContain('you: the response is not quite HTTP');
  });

  test('what is HTTP no longer is not read', async () => {
    const told = await story();
    told
      .peer('me')
      .client(get('/', 'Connection: Upgrade', 'Upgrade: h2c'))
      .server(head('101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: h2c'));
    told.peer('you').client(request('CONNECT', 'x:443')).server(head('200 OK'));
    expect(told.notes()).toEqual([
      'me: what follows is h2c, which is not read',
      'you: what follows is a tunnel, which is not read',
    ]);
    expect(told.told.flatMap((event) => (event.type === 'note' ? event.phase : []))).toEqual(['open', 'open']);
    expect(told.steps()).toEqual([
      '#1 requested me [/]',
      '#1 responded me [Switching Protocols]',
      '#2 requested you [x:443]',
      '#2 responded you [OK]',
    ]);
  });

  test('a target with a token keeps it to itself', async () => {
    const told = await story();
    told.peer('me').client(get('/a?token=hush'));
    upgrade(told.peer('other'));
    expect(JSON.stringify(told.told)).not.toContain('hush');
  });
});
