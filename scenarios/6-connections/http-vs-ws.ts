import { defineScenario, type Lab, say } from 'msgplay';

/** Who wants to know the prices, whichever way it learns of them. */
const READER = 'reader';

/** One way to learn of prices. It calls `seen` for each, and ends when the signal is aborted. */
type Watch = (url: string, watching: Watching) => Promise<void>;
interface Watching {
  readonly lab: Lab;
  readonly pollMs: number;
  readonly stop: AbortSignal;
  readonly seen: (update: Update) => void;
  /** A request goes out. */
  readonly asked: () => void;
  /** A request brought nothing, and cost so many bytes. */
  readonly inVain: (bytes: number) => void;
  /** The way stands: from here on prices can come. */
  readonly ready: () => void;
}
interface Update {
  readonly number: number;
  readonly data: string;
}

const WAYS: { readonly name: string; readonly title: string; readonly push: boolean; readonly watch: Watch }[] = [
  { name: 'polling', title: 'Polling: the reader asks again and again', push: false, watch: poll },
  {
    name: 'long polling',
    title: 'Long polling: the server keeps a request until it has an answer',
    push: false,
    watch: longPoll,
  },
  {
    name: 'server-sent events',
    title: 'Server-sent events: one response that never ends',
    push: true,
    watch: serverSentEvents,
  },
  { name: 'WebSocket', title: 'WebSocket: after the handshake both sides may speak', push: true, watch: webSocket },
];

export default defineScenario({
  name: 'http-vs-ws',
  title: 'The same updates by polling, long polling, server-sent events and WebSocket',
  lesson: 2,
  options: {
    updates: { type: 'integer', default: 5, min: 2, max: 200, help: 'how many prices the server has to tell' },
    every: { type: 'integer', default: 40, min: 1, max: 5000, help: 'milliseconds between prices' },
    poll: { type: 'integer', default: 25, min: 1, max: 5000, help: 'milliseconds between two polls' },
  },
  needs: ['http', 'ws'],
  handshakes: true,
  names: ['price'],
  about: ({ updates, every, poll: pollMs }) =>
    say`prices: ${updates}, one every ${every} ms · polling every ${pollMs} ms`,

  async run(lab, { updates, every, poll: pollMs }) {
    const publisher = await lab.url('http', 'publisher');
    const reader = await lab.url('http', READER);
    const results = [];
    for (const [index, { name, title, push, watch }] of WAYS.entries()) {
      lab.step(title);
      const path = `/updates/${lab.name(`prices-${index + 1}`)}`;
      const sentAt = new Map<number, number>();
      const delays: number[] = [];
      let requests = 0;
      let vain = 0;
      let vainBytes = 0;
      let isReady = false;
      const stop = new AbortController();
      lab.defer(() => stop.abort());
      const watched = watch(reader + path, {
        lab,
        pollMs,
        stop: AbortSignal.any([stop.signal, lab.signal]),
        seen: (update) => delays.push(lab.now() - (sentAt.get(update.number) ?? 0)),
        asked: () => requests++,
        inVain: (bytes) => {
          vain++;
          vainBytes += bytes;
        },
        ready: () => {
          isReady = true;
        },
      });
      await Promise.race([watched, lab.until(say`${name} is ready`, () => isReady)]);
      const before = lab.traffic(READER);
      for (let price = 1; price <= updates; price++) {
        await lab.sleep(every);
        sentAt.set(price, lab.now());
        await publish(publisher + path, { price, cents: 100 + Math.floor(lab.random() * 50) });
      }
      await lab.until(say`${name} brings every price`, () => delays.length === updates);
      const after = lab.traffic(READER);
      const endedBefore = ended(lab);
      stop.abort();
      await watched;
      // What a way holds open is over before the next one begins; between polls nothing is.
      if (watch !== poll) await lab.until(say`${name} is over`, () => ended(lab) > endedBefore);
      if (vain > 0) lab.note(say`requests in vain: ${vain}, at a price of ${vainBytes} bytes`);
      const bytes = after.fromClientBytes + after.fromServerBytes - before.fromClientBytes - before.fromServerBytes;
      results.push({ name, push, requests, vain, bytes, delay: median(delays), told: delays.length });
    }

    lab.step('An echo: the caller speaks three times without waiting, and so does the server');
    const echoed = await echo(lab, ['one', 'two', 'three']);

    lab.step('What goes wrong is an event, too: an upgrade where there is no WebSocket');
    const failure = await failingUpgrade(lab);

    lab.table({
      title: 'The same prices, four ways (once connected)',
      columns: [
        { title: 'way' },
        { title: 'requests' },
        { title: 'in vain' },
        { title: 'on the wire', unit: 'bytes', bar: true },
        { title: 'from POST to seen, median', unit: 'ms', bar: true },
      ],
      rows: results.map(({ name, requests, vain, bytes, delay }) => [name, requests, vain, bytes, delay]),
    });
    lab.check(
      'every way brought every price',
      results.every(({ told }) => told === updates),
    );
    lab.check(
      'only the ways that push let the server speak unasked',
      results.every(({ push, requests, told }) => push === requests < told),
    );
    const [fewest] = [...results].sort((one, other) => one.bytes - other.bytes);
    lab.check(
      'WebSocket moved the fewest bytes once connected',
      fewest?.name === 'WebSocket',
      say`${fewest?.bytes} bytes`,
    );
    lab.check('the echo answered every message in order', echoed.join() === 'one,two,three');
    lab.check('a refused upgrade ends in an error event', failure.includes('404'), failure);
  },
});

async function publish(url: string, price: { readonly price: number; readonly cents: number }): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(price) });
  await response.text();
  if (response.status !== 201) throw new Error(`POST ${new URL(url).pathname} was answered with ${response.status}`);
}
async function poll(url: string, { lab, pollMs, stop, seen, asked, inVain, ready }: Watching): Promise<void> {
  let after = 0;
  ready();
  while (!stop.aborted) {
    asked();
    const before = bytesOf(lab);
    const updates = (await (await fetch(`${url}?after=${after}`)).json()) as Update[];
    for (const update of updates) seen(update);
    if (updates.length === 0) inVain(bytesOf(lab) - before);
    after = updates.at(-1)?.number ?? after;
    await lab.sleep(pollMs);
  }
}

async function longPoll(url: string, { lab, stop, seen, asked, inVain, ready }: Watching): Promise<void> {
  let after = 0;
  ready();
  while (!stop.aborted) {
    asked();
    const before = bytesOf(lab);
    const response = await fetch(`${url}?after=${after}&wait=10000`, { signal: stop }).catch(() => undefined);
    if (response?.status === 204) inVain(bytesOf(lab) - before);
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
    lab.note('event: open', READER);
    ready();
  });
  socket.once('message', () => lab.note('event: message, the first one', READER));
  socket.on('message', (message) => seen(JSON.parse(message.toString())));
  stop.addEventListener('abort', () => socket.close(1000, 'seen enough'));
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => {
      lab.note(say`event: close, ${code} ${reason}`, READER);
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
  lab.note(say`event: error, ${error.message}`, 'stranger');
  return error.message;
}

/** How many of the reader's connections have ended. */
function ended(lab: Lab): number {
  const { connections, openConnections } = lab.traffic(READER);
  return connections - openConnections;
}

function bytesOf(lab: Lab): number {
  const { fromClientBytes, fromServerBytes } = lab.traffic(READER);
  return fromClientBytes + fromServerBytes;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
