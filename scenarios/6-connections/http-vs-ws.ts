import { defineScenario, type Lab, say } from 'msgplay';

/** One update, as the server tells it: a price, as JSON. */
interface Update {
  readonly number: number;
}
/** Whoever wants to know the prices. */
interface Watcher {
  readonly url: string;
  readonly lab: Lab;
  readonly pollMs: number;
  /** Aborted when it has seen enough. */
  readonly stop: AbortSignal;
  /** A request goes out. */
  readonly asked: () => void;
  /** A request brought nothing. */
  readonly inVain: () => void;
  /** From here on nothing is missed. */
  readonly ready: () => void;
  readonly seen: (update: Update) => void;
}

const READER = 'reader';
const WAYS: { readonly name: string; readonly step: string; watch(watcher: Watcher): Promise<void> }[] = [
  {
    name: 'polling',
    step: 'Polling: the client asks again and again',
    async watch({ url, lab, pollMs, stop, asked, inVain, ready, seen }) {
      let after = 0;
      ready();
      while (!stop.aborted) {
        asked();
        const updates = (await (await fetch(`${url}?after=${after}`)).json()) as Update[];
        for (const update of updates) seen(update);
        if (updates.length === 0) inVain();
        after += updates.length;
        await lab.sleep(pollMs);
      }
    },
  },
  {
    name: 'long-poll',
    step: 'Long polling: the server keeps a request until it has news',
    async watch({ url, stop, asked, ready, seen }) {
      let after = 0;
      ready();
      while (!stop.aborted) {
        asked();
        const response = await fetch(`${url}?after=${after}&wait=10000`, { signal: stop }).catch(() => undefined);
        if (response?.status !== 200) continue;
        const updates = (await response.json()) as Update[];
        for (const update of updates) seen(update);
        after += updates.length;
      }
    },
  },
  {
    name: 'sse',
    step: 'Server-sent events: one response that never ends',
    async watch({ url, stop, asked, ready, seen }) {
      asked();
      const { body } = await fetch(`${url}/events`, { signal: stop, headers: { accept: 'text/event-stream' } });
      ready();
      let text = '';
      try {
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const events = (text + chunk).split('\n\n');
          text = events.pop() ?? '';
          for (const event of events) seen(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null'));
        }
      } catch (error) {
        if (!stop.aborted) throw error;
      }
    },
  },
  {
    name: 'websocket',
    step: 'WebSocket: after the handshake both sides may speak',
    async watch({ url, stop, asked, ready, seen }) {
      const { WebSocket } = await import('ws');
      asked();
      const socket = new WebSocket(url.replace('http:', 'ws:'));
      socket.on('open', ready);
      socket.on('message', (data) => seen(JSON.parse(data.toString())));
      stop.addEventListener('abort', () => socket.close(1000, 'seen enough'));
      await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
    },
  },
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
  needs: ['http'],
  handshakes: true,
  names: ['price'],
  about: ({ updates, every, poll: pollMs }) =>
    say`prices: ${updates}, one every ${every} ms · polling every ${pollMs} ms`,

  async run(lab, { updates, every, poll: pollMs }) {
    const publisher = await lab.url('http', 'publisher');
    const names = WAYS.map(({ name }) => name);
    const fewest = await lab.predict(
      say`${updates} prices, told in four ways. Which way needs the most requests?`,
      names,
    );
    const lightest = await lab.predict('And which way has the fewest bytes on the wire, once it is connected?', names);
    const results: { name: string; requests: number; vain: number; bytes: number; delay: number; seen: number }[] = [];
    for (const { name, step, watch } of WAYS) {
      await lab.step(step);
      const topic = encodeURIComponent(`${lab.name('prices')}-${name}`);
      const delays: number[] = [];
      const publishedAt: number[] = [];
      let requests = 0;
      let vain = 0;
      let isReady = false;
      let after = lab.traffic(READER);
      const stop = new AbortController();
      lab.defer(() => stop.abort());
      const watching = watch({
        url: `${await lab.url('http', READER)}/updates/${topic}`,
        lab,
        pollMs,
        stop: stop.signal,
        asked: () => requests++,
        inVain: () => vain++,
        ready: () => {
          isReady = true;
        },
        seen: ({ number }) => {
          delays.push(lab.now() - (publishedAt[number - 1] ?? 0));
          after = lab.traffic(READER);
        },
      });
      await Promise.race([watching, lab.until(say`${name} is ready`, () => isReady)]);
      const before = lab.traffic(READER);
      for (let number = 1; number <= updates; number++) {
        await lab.sleep(every);
        publishedAt.push(lab.now());
        const body = JSON.stringify({ price: number, cents: 100 + Math.floor(lab.random() * 50) });
        const { ok } = await fetch(`${publisher}/updates/${topic}`, { method: 'POST', body });
        if (!ok) throw new Error('the server took no price');
      }
      await lab.until(say`${name} has brought every price`, () => delays.length >= updates);
      const asksAgain = (): boolean => lab.traffic(READER).fromClientBytes > after.fromClientBytes;
      if (name === 'long-poll') await lab.until('the next long poll is under way', asksAgain);
      stop.abort();
      await watching;
      // What it leaves unfinished ends here, and not under the next heading.
      await lab.sleep(10);
      const bytes = after.fromClientBytes + after.fromServerBytes - before.fromClientBytes - before.fromServerBytes;
      results.push({ name, requests, vain, bytes, delay: median(delays), seen: delays.length });
    }
    const by = (figure: 'requests' | 'bytes') => [...results].sort((one, other) => one[figure] - other[figure]);
    const [least] = by('bytes');
    const busiest = by('requests').at(-1);
    fewest.answer(busiest?.name ?? '', 'whoever may not speak unasked must be asked, whether there is news or not');
    lightest.answer(
      least?.name ?? '',
      'a frame adds two bytes to a short text, where a request and a response add two heads',
    );
    lab.table({
      title: 'The same prices, four ways (once connected)',
      columns: [
        { title: 'way' },
        { title: 'requests' },
        { title: 'in vain' },
        { title: 'on the wire', unit: 'bytes', bar: true },
        { title: 'seen after', unit: 'ms', bar: true },
      ],
      rows: results.map(({ name, requests, vain, bytes, delay }) => [say`${name}`, requests, vain, bytes, delay]),
    });
    lab.check(
      'every way brought every price',
      results.every(({ seen }) => seen === updates),
    );
    const pushed = results.slice(2);
    lab.check(
      'one request is enough where the server may go on speaking',
      pushed.every(({ requests }) => requests === 1),
    );
    lab.check(
      'WebSocket moved the fewest bytes once connected',
      least?.name === 'websocket',
      say`${least?.bytes} bytes`,
    );
  },
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
