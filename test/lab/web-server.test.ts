/** Web servers of a scenario's own: what they answer, how they end, and what the trace says of them. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defineScenario, type Lab } from '../../src/lab/scenario/scenario.ts';
import { startWebServer } from '../../src/lab/web-server.ts';
import { ofType, play } from '../helpers/play.ts';

/** Runs with a server that gives these answers. */
async function serving(
  answer: Parameters<typeof startWebServer>[0],
  ask: (url: string) => Promise<void>,
  accept?: Parameters<typeof startWebServer>[1],
): Promise<void> {
  const server = await startWebServer(answer, accept);
  try {
    await ask(server.url);
  } finally {
    await server.stop();
  }
}

describe('a response', () => {
  test('has what the request brought', async () => {
    await serving(
      async (request) =>
        Response.json(
          { method: request.method, path: new URL(request.url).pathname, body: await request.text() },
          { status: 201, headers: { 'X-Seen': request.headers.get('x-sent') ?? '' } },
        ),
      async (url) => {
        const response = await fetch(`${url}/orders`, { method: 'POST', body: 'tea', headers: { 'X-Sent': 'yes' } });
        expect([response.status, response.headers.get('x-seen')]).toEqual([201, 'yes']);
        expect(response.headers.get('content-length')).not.toBeNull();
        expect(await response.json()).toEqual({ method: 'POST', path: '/orders', body: 'tea' });
      },
    );
  });

  test('is 500 where there is an error, and 413 where a body is too long', async () => {
    await serving(
      () => {
        throw new Error('out of tea');
      },
      async (url) => {
        const failed = await fetch(url);
        expect([failed.status, await failed.json()]).toEqual([500, { error: 'out of tea' }]);
        const refused = await fetch(url, { method: 'POST', body: Buffer.alloc(1024 * 1024 + 1) });
        expect(refused.status).toBe(413);
      },
    );
  });

  test('may have several cookies, and no body', async () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]);
    await serving(
      () => new Response(null, { status: 204, headers }),
      async (url) => {
        const response = await fetch(url);
        expect([response.status, response.headers.getSetCookie()]).toEqual([204, ['a=1', 'b=2']]);
      },
    );
  });

  test('of events arrives as it comes, and its server hears that nobody reads on', async () => {
    let heard = (): void => {};
    const gone = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('data: 1\n\n')) });
    await serving(
      (request) => {
        request.signal.addEventListener('abort', heard);
        return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
      },
      async (url) => {
        const reader = (await fetch(url)).body!.getReader();
        expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: 1\n\n');
        await reader.cancel();
        await gone;
      },
    );
  });
});

describe('a WebSocket', () => {
  test('is accepted with its request, and cut when the server stops', async () => {
    const closed: number[] = [];
    await serving(
      () => new Response('not here'),
      async (url) => {
        const socket = new WebSocket(`${url.replace('http', 'ws')}/chat?name=ann`);
        const greeting = await new Promise((resolve) => socket.once('message', (data) => resolve(String(data))));
        expect(greeting).toBe('hello ann');
        socket.on('close', (code) => closed.push(code));
        socket.on('error', () => {});
      },
      (socket, request) => socket.send(`hello ${new URL(request.url).searchParams.get('name')}`),
    );
    await expect.poll(() => closed).toEqual([1006]);
  });

  test('is an ordinary request to a server that accepts none', async () => {
    await serving(
      () => new Response('not here'),
      async (url) => {
        const socket = new WebSocket(url.replace('http', 'ws'));
        const error = await new Promise<Error>((resolve) => socket.once('error', resolve));
        expect(error.message).toBe('Unexpected server response: 200');
      },
    );
  });
});

describe('in a run', () => {
  const doing = (run: (lab: Lab) => Promise<void>) =>
    defineScenario({ name: 'doing', title: 'It does', options: {}, needs: [], about: () => '', run });

  test('a server that takes WebSockets only tells others to upgrade', async () => {
    const said: unknown[] = [];
    await play(
      doing(async (lab) => {
        const echo = await lab.accept('echo', (socket) => socket.on('message', (data) => socket.send(`${data}!`)));
        const { status, headers } = await fetch(await echo.url('browser'));
        const client = lab.using(new WebSocket(await echo.url('client')));
        client.on('open', () => client.send('hello')).on('message', (data) => said.push(String(data)));
        await lab.until('the echo comes', () => said.length === 1);
        said.push(status, headers.get('upgrade'));
      }),
    );
    expect(said).toEqual(['hello!', 426, 'websocket']);
  });

  test('each server is told by its name, and ends with the run', async () => {
    const urls: string[] = [];
    const { events, outcome } = await play(
      doing(async (lab) => {
        for (const name of ['shop', 'bank']) {
          const server = await lab.serve(name, () => new Response(`the ${name}`));
          urls.push(await server.url('ann'));
          expect(await (await fetch(`${urls.at(-1)}/price`)).text()).toBe(`the ${name}`);
        }
      }),
    );
    expect(outcome).toBe('passed');
    const said = ofType(events, 'message').map(({ peer, server, verb, body }) => [peer, server, verb, body]);
    expect(said).toEqual([
      ['ann', 'shop', 'GET', ''],
      ['ann', 'shop', '200', 'the shop'],
      ['ann', 'bank', 'GET', ''],
      ['ann', 'bank', '200', 'the bank'],
    ]);
    for (const url of urls) await expect(fetch(url)).rejects.toThrow();
  });

  test('a server that is stopped is away', async () => {
    const { outcome } = await play(
      doing(async (lab) => {
        const server = await lab.serve('shop', () => new Response('open'));
        const url = await server.url('ann');
        expect((await fetch(url)).status).toBe(200);
        await server.stop();
        await server.stop();
        await expect(fetch(url)).rejects.toThrow();
      }),
    );
    expect(outcome).toBe('passed');
  });

  test('whoever has the port of a server that is stopped is not taken for it', async () => {
    const { outcome, events } = await play(
      doing(async (lab) => {
        let port = 0;
        const server = await lab.accept('shop', (socket) => {
          // ws has no other way to tell where its server is.
          port = (socket as unknown as { readonly _socket: Socket })._socket.localPort ?? 0;
        });
        lab.using(new WebSocket(await server.url('ann'))).on('error', () => {});
        await lab.until('ann is there', () => port > 0);
        await server.stop();
        const heard: unknown[] = [];
        const mute = createServer((socket) => heard.push(socket.on('error', () => {}))).listen(port, '127.0.0.1');
        await once(mute, 'listening');
        lab.defer(() => mute.close());
        for (const peer of ['ann', 'bob']) {
          const asking = fetch(await server.url(peer), { signal: AbortSignal.timeout(10_000) });
          await expect(asking).rejects.toThrow('fetch failed');
        }
        expect(heard).toEqual([]);
      }),
    );
    expect(outcome).toBe('passed');
    const away = ofType(events, 'note').filter(({ statement }) => statement?.code === 'UNREACHABLE');
    expect(away.map(({ peer, server }) => [peer, server])).toEqual([
      ['ann', 'shop'],
      ['bob', 'shop'],
    ]);
  });
});

describe('a request to upgrade', () => {
  const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  /** A request for a WebSocket, with some of its lines replaced. */
  const asking = (replaced: { readonly [line: string]: string } = {}, target = '/'): string => {
    const lines = {
      target: `GET ${target} HTTP/1.1`,
      host: 'Host: localhost',
      upgrade: 'Upgrade: websocket',
      connection: 'Connection: Upgrade',
      version: 'Sec-WebSocket-Version: 13',
      key: KEY,
      ...replaced,
    };
    return `${Object.values(lines)
      .filter((line) => line !== '')
      .join('\r\n')}\r\n\r\n`;
  };

  /** What is answered to these bytes, until the server hangs up or `enough` has come. */
  async function answerTo(url: string, text: string, enough = /\r\n\r\n/): Promise<string> {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
    let answer = '';
    socket.setEncoding('latin1').on('error', () => {});
    socket.write(text, 'latin1');
    for await (const chunk of socket) {
      answer += chunk;
      if (enough.test(answer)) break;
    }
    return answer;
  }

  /** Another client is let in and answered. */
  async function othersAreServed(url: string): Promise<void> {
    expect((await fetch(url)).status).toBe(200);
    const socket = new WebSocket(url.replace('http', 'ws'));
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    socket.terminate();
  }

  const hello = (socket: WebSocket): void => socket.send('hello');

  test.each<[string, string, RegExp]>([
    ['without a key', asking({ key: '' }), /^HTTP\/1\.1 400 /],
    ['with a key that is none', asking({ key: 'Sec-WebSocket-Key: x' }), /^HTTP\/1\.1 400 /],
    ['of another version', asking({ version: 'Sec-WebSocket-Version: 99' }), /^HTTP\/1\.1 (400|426) /],
    ['to HTTP/2', asking({ upgrade: 'Upgrade: h2c' }), /^HTTP\/1\.1 400 /],
    ['by POST', asking({ target: 'POST / HTTP/1.1' }), /^HTTP\/1\.1 405 /],
    ['with a body', `${asking({ more: 'Content-Length: 5' })}hello`, /^HTTP\/1\.1 /],
    ['without a host', asking({ host: '' }), /^HTTP\/1\.1 (101|400) /],
    ['with a host that is none', asking({ host: 'Host: a b' }), /^HTTP\/1\.1 (101|400) /],
    ['of the target //', asking({}, '//'), /^HTTP\/1\.1 (101|400) /],
    ['of the target ///', asking({}, '///'), /^HTTP\/1\.1 (101|400) /],
    ['of the target //[::1', asking({}, '//[::1'), /^HTTP\/1\.1 (101|400) /],
    ['of the target http://a:b', asking({}, 'http://a:b'), /^HTTP\/1\.1 (101|400) /],
    ['of the target *', asking({}, '*'), /^HTTP\/1\.1 (101|400) /],
    ['with extensions that are none', asking({ more: 'Sec-WebSocket-Extensions: ;;,=' }), /^HTTP\/1\.1 (101|400) /],
    ['with subprotocols that are none', asking({ more: 'Sec-WebSocket-Protocol: ,,;' }), /^HTTP\/1\.1 400 /],
    ['with a header that is no text', asking({ more: 'X-Any: \x80\xff' }), /^HTTP\/1\.1 (101|400) /],
    ['with an expectation', asking({ more: 'Expect: x' }), /^HTTP\/1\.1 (101|417) /],
    ['that is not HTTP', 'x\0\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('%s is answered, and others are served', async (_, text, answer) => {
    await serving(
      () => new Response('fine'),
      async (url) => {
        expect(await answerTo(url, text)).toMatch(answer);
        await othersAreServed(url);
      },
      hello,
    );
  });

  test('behind a request that is not answered yet waits for its answer', async () => {
    let answerFirst = (): void => {};
    await serving(
      async (request) => {
        if (request.url.endsWith('/slow')) await new Promise<void>((resolve) => (answerFirst = resolve));
        return new Response('fine');
      },
      async (url) => {
        const both = answerTo(url, `GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n${asking()}`, /hello/);
        await othersAreServed(url);
        answerFirst();
        expect(await both).toMatch(/^HTTP\/1\.1 200 [\s\S]*fine[\s\S]*HTTP\/1\.1 101 [\s\S]*hello/);
      },
      hello,
    );
  });

  test('that is reset harms nobody else', async () => {
    await serving(
      () => new Response('fine'),
      async (url) => {
        for (const text of [asking(), asking({ key: '' }), asking({}, '//'), asking().slice(0, 40)]) {
          for (let times = 0; times < 5; times++) {
            const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
            socket.on('error', () => {});
            socket.write(text);
            if (times > 2) await once(socket, 'ready');
            socket.resetAndDestroy();
          }
        }
        await othersAreServed(url);
      },
      hello,
    );
  });

  test('and then frames that break the protocol end that connection', async () => {
    await serving(
      () => new Response('fine'),
      async (url) => {
        for (const frame of ['\xff\xff', '\x81\x05hello', '\x88\x81aaaaa', '\x89\xff\xff\xff']) {
          expect(await answerTo(url, asking() + frame, /$^/)).toMatch(/^HTTP\/1\.1 101 /);
        }
        await othersAreServed(url);
      },
      hello,
    );
  });
});
