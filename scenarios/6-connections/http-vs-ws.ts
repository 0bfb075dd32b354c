import { defineScenario, type Lab } from 'msgplay';

/** One way to learn of updates. It calls `seen` for each, and ends when the signal is aborted. */
type Watch = (url: string, watching: Watching) => Promise<void>;
interface Watching {
  readonly lab: Lab;
  readonly pollMs: number;
  readonly stop: AbortSignal;
  readonly seen: (update: Update) => void;
  /** A request goes out. */
  readonly asked: () => void;
  /** The way stands: from here on updates can come. */
  readonly ready: () => void;
}
interface Update {
  readonly number: number;
  readonly data: string;
}

const WAYS: { readonly name: string; readonly title: string; readonly push: boolean; readonly watch: Watch }[] = [
  { name: 'polling', title: 'Polling: the client asks again and again', push: false, watch: poll },
  {
    name: 'long-poll',
    title: 'Long polling: the server keeps a request until it has an answer',
    push: false,
    watch: longPoll,
  },
  { name: 'sse', title: 'Server-sent events: one response that never ends', push: true, watch: serverSentEvents },
  { name: 'websocket', title: 'WebSocket: after the handshake both sides may speak', push: true, watch: webSocket },
];

export default defineScenario({
  name: 'http-vs-ws',
  title: 'The same updates by polling, long polling, server-sent events and WebSocket',
  lesson: 2,
  options: {
    updates: { type: 'integer', default: 5, min: 2, max: 200, help: 'how many updates the server has to tell' },
    every: { type: 'integer', default: 40, min: 1, max: 5000, help: 'milliseconds between updates' },
    poll: { type: 'integer', default: 25, min: 1, max: 5000, help: 'milliseconds between two polls' },
  },
  needs: ['http', 'ws'],
  handshakes: true,
  about: ({ updates, every, poll: pollMs }) => `${updates} updates, one every ${every} ms · polling every ${pollMs} ms`,

  async run(lab, { updates, every, poll: pollMs }) {
    const publisher = await lab.url('http', 'publisher');
    const results = [];
    for (const { name, title, push, watch } of WAYS) {
      await lab.step(title);
      const topic = `${lab.name('prices')}-${name}`;
      const sentAt = new Map<number, number>();
      const delays: number[] = [];
      let requests = 0;
      let payloadBytes = 0;
      let isReady = false;
      const stop = new AbortController();
      lab.defer(() => stop.abort());
      const seen = (update: Update): void => {
        payloadBytes += JSON.stringify(update).length;
        delays.push(lab.now() - sentAt.get(update.number)!);
      };
      const asked = (): unknown => requests++;
      const ready = (): void => {
        isReady = true;
      };
      const watched = watch(`${await lab.url('http', name)}/updates/${encodeURIComponent(topic)}`, {
        lab,
        pollMs,
        stop: AbortSignal.any([stop.signal, lab.signal]),
        seen,
        asked,
        ready,
      });
      await Promise.race([watched, lab.until(`${name} is ready`, () => isReady)]);
      const before = lab.traffic(name);
      for (let number = 1; number <= updates; number++) {
        await lab.sleep(every);
        sentAt.set(number, lab.now());
        await publish(
          `${publisher}/updates/${encodeURIComponent(topic)}`,
          `price ${100 + Math.floor(lab.random() * 50)}`,
        );
      }
      await lab.until(`${name} sees every update`, () => delays.length === updates);
      const after = lab.traffic(name);
      stop.abort();
      await watched;
      const bytes = after.fromClientBytes + after.fromServerBytes - before.fromClientBytes - before.fromServerBytes;
      results.push({ name, push, requests, bytes, payloadBytes, delay: median(delays), updates: delays.length });
    }

    await lab.step('An echo: the client speaks three times without waiting, and so does the server');
    const echoed = await echo(lab, ['one', 'two', 'three']);

    await lab.step('What goes wrong is an event, too: an upgrade where there is no WebSocket');
    const failure = await failingUpgrade(lab);

    lab.table({
      title: 'The same updates, four ways (once connected)',
      columns: [
        { title: 'way' },
        { title: 'requests' },
        { title: 'on the wire', unit: 'bytes', bar: true },
        { title: 'payload', unit: 'bytes' },
        { title: 'seen after', unit: 'ms', bar: true },
      ],
      rows: results.map(({ name, requests, bytes, payloadBytes, delay }) => [
        name,
        requests,
        bytes,
        payloadBytes,
        delay,
      ]),
    });
    lab.check(
      'every way got every update',
      results.every((way) => way.updates === updates),
    );
    lab.check(
      'only the ways that push let the server speak unasked',
      results.every(({ push, requests, updates: told }) => push === requests < told),
    );
    const [fewest] = [...results].sort((a, b) => a.bytes - b.bytes);
    lab.check(
      'WebSocket moved the fewest bytes once connected',
      fewest!.name === 'websocket',
      `${fewest!.bytes} bytes`,
    );
    lab.check('the echo answered every message in order', echoed.join() === 'one,two,three');
    lab.check('a refused upgrade ends in an error event', failure.includes('404'), failure);
  },
});

async function publish(url: string, text: string): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: text });
  await response.text();
  if (response.status !== 201) throw new Error(`POST ${new URL(url).pathname} was answered with ${response.status}`);
}

async function poll(url: string, { lab, pollMs, stop, seen, asked, ready }: Watching): Promise<void> {
  let after = 0;
  ready();
  while (!stop.aborted) {
    asked();
    const updates = (await (await fetch(`${url}?after=${after}`)).json()) as Update[];
    for (const update of updates) seen(update);
    after = updates.at(-1)?.number ?? after;
    await lab.sleep(pollMs);
  }
}

async function longPoll(url: string, { stop, seen, asked, ready }: Watching): Promise<void> {
  let after = 0;
  ready();
  while (!stop.aborted) {
    asked();
    const response = await fetch(`${url}?after=${after}&wait=10000`, { signal: stop }).catch(() => undefined);
    if (response?.status !== 200) continue;
    const updates = (await response.json()) as Update[];
    for (const update of updates) seen(update);
    after = updates.at(-1)?.number ?? after;
  }
}

async function serverSentEvents(url: string, { stop, seen, asked, ready }: Watching): Promise<void> {
  asked();
  const response = await fetch(`${url}/events`, { signal: stop, headers: { accept: 'text/event-stream' } });
  ready();
  let text = '';
  try {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const events = text.split('\n\n');
      text = events.pop()!;
      for (const event of events) {
        const [, data] = /^data: (.*)$/m.exec(event) ?? [];
        if (data !== undefined) seen(JSON.parse(data));
      }
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

async function webSocket(url: string, { lab, stop, seen, asked, ready }: Watching): Promise<void> {
  const { WebSocket } = await import('ws');
  asked();
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  socket.on('open', () => {
    lab.note('event: open', 'websocket');
    ready();
  });
  socket.on('message', (message) => seen(JSON.parse(message.toString())));
  stop.addEventListener('abort', () => socket.close(1000, 'seen enough'));
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => {
      lab.note(`event: close, ${code} ${reason}`, 'websocket');
      resolve();
    });
  });
}

async function echo(lab: Lab, texts: readonly string[]): Promise<string[]> {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(await lab.url('ws', 'caller'));
  lab.defer(() => socket.terminate());
  const back: string[] = [];
  socket.on('message', (message) => back.push(message.toString()));
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  for (const text of texts) socket.send(text);
  await lab.until('the echo answers', () => back.length === texts.length);
  socket.close(1000);
  await new Promise((resolve) => socket.on('close', resolve));
  return back;
}

async function failingUpgrade(lab: Lab): Promise<string> {
  const { WebSocket } = await import('ws');
  const url = (await lab.url('http', 'stranger')).replace('http:', 'ws:');
  const socket = new WebSocket(`${url}/nothing-here`);
  const error = await new Promise<Error>((resolve) => socket.on('error', resolve));
  lab.note(`event: error, ${error.message}`, 'stranger');
  return error.message;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
