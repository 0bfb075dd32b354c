import { defineScenario, range, say } from 'msgplay';

const READER = 'reader';
const WAYS = {
  polling: 'Polling: the client asks again and again',
  'long-poll': 'Long polling: the server keeps a request until it has news',
  sse: 'Server-sent events: one response that never ends',
  websocket: 'WebSocket: after the handshake both sides may speak',
};
type Way = keyof typeof WAYS;
type Update = { readonly number: number };

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
  about: ({ updates, every, poll }) => say`prices: ${updates}, one every ${every} ms · polling every ${poll} ms`,

  async run(lab, { updates, every, poll }) {
    const { WebSocket } = await import('ws');
    const [publisher, reader] = [await lab.url('http', 'publisher'), await lab.url('http', READER)];
    const publishedAt: number[] = [];
    let [requests, inVain, wasted, isReady] = [0, 0, 0, false];
    let delays: number[] = [];
    let after = lab.traffic(READER);
    const bytesSince = (before: typeof after, end = lab.traffic(READER)) =>
      end.fromClientBytes + end.fromServerBytes - before.fromClientBytes - before.fromServerBytes;
    const see = ({ number }: Update) => {
      delays.push(lab.now() - (publishedAt[number] ?? 0));
      after = lab.traffic(READER);
    };
    const ended = () => lab.traffic(READER).connections - lab.traffic(READER).openConnections;
    const get = (url: string, options: RequestInit = {}) => {
      requests++;
      return fetch(url, options);
    };
    const watch: Record<Way, (url: string, stop: AbortSignal) => Promise<unknown>> = {
      async polling(url, stop) {
        isReady = true;
        for (let seen = 0; !stop.aborted; await lab.sleep(poll)) {
          const before = lab.traffic(READER);
          const news = (await (await get(`${url}?after=${seen}`)).json()) as Update[];
          for (const update of news) see(update);
          if (news.length === 0) [inVain, wasted] = [inVain + 1, wasted + bytesSince(before)];
          seen += news.length;
        }
      },
      async 'long-poll'(url, stop) {
        isReady = true;
        for (let seen = 0; !stop.aborted; ) {
          const response = await get(`${url}?after=${seen}&wait=10000`, { signal: stop });
          const news = response.status === 200 ? ((await response.json()) as Update[]) : [];
          for (const update of news) see(update);
          seen += news.length;
        }
      },
      async sse(url, stop) {
        const { body } = await get(`${url}/events`, { signal: stop, headers: { accept: 'text/event-stream' } });
        isReady = true;
        let text = '';
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const events = (text + chunk).split('\n\n');
          text = events.pop() ?? '';
          for (const event of events) see(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null'));
        }
      },
      async websocket(url, stop) {
        requests++;
        const socket = new WebSocket(url.replace('http:', 'ws:'));
        stop.addEventListener('abort', () => socket.close(1000, 'seen enough'));
        socket.on('message', (data) => see(JSON.parse(String(data))));
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        isReady = true;
        await new Promise((resolve) => socket.on('close', resolve));
      },
    };

    const names = Object.keys(WAYS) as Way[];
    const most = await lab.predict(
      say`${updates} prices, told in four ways. Which way needs the most requests?`,
      names,
    );
    const lightest = await lab.predict('And which way has the fewest bytes on the wire, once it is connected?', names);
    const results: {
      name: string;
      requests: number;
      inVain: number;
      wasted: number;
      bytes: number;
      delays: number[];
    }[] = [];
    for (const name of names) {
      await lab.step(WAYS[name]);
      const topic = encodeURIComponent(`${lab.name('prices')}-${name}`);
      [requests, inVain, wasted, isReady, delays] = [0, 0, 0, false, []];
      const stop = new AbortController();
      lab.defer(() => stop.abort());
      const watching = watch[name](`${reader}/updates/${topic}`, stop.signal).catch((error) => {
        if (!stop.signal.aborted) throw error;
      });
      await Promise.race([watching, lab.until(say`${name} is ready`, () => isReady)]);
      const before = lab.traffic(READER);
      for (const price of range(1, updates)) {
        await lab.sleep(every);
        publishedAt[price] = lab.now();
        const body = JSON.stringify({ price, cents: 100 + Math.floor(lab.random() * 50) });
        const { ok } = await fetch(`${publisher}/updates/${topic}`, { method: 'POST', body });
        if (!ok) throw new Error('the server took no price');
      }
      await lab.until(say`${name} has brought every price`, () => delays.length >= updates);
      const asksAgain = () => lab.traffic(READER).fromClientBytes > after.fromClientBytes;
      if (name === 'long-poll') await lab.until('the next long poll is under way', asksAgain);
      const endedBefore = ended();
      stop.abort();
      await watching;
      // What it leaves unfinished ends here, and not under the next heading; polls share a connection that stays.
      if (name !== 'polling') await lab.until('the reader has left', () => ended() > endedBefore);
      const bytes = bytesSince(before, after);
      delays.sort((one, other) => one - other);
      results.push({ name, requests, inVain, wasted, bytes, delays });
    }

    const busiest = [...results].sort((one, other) => other.requests - one.requests)[0]?.name ?? '';
    const least = [...results].sort((one, other) => one.bytes - other.bytes)[0];
    most.answer(busiest, 'whoever may not speak unasked must be asked, whether there is news or not');
    const light = 'a frame adds two bytes to a short text, where a request and a response add two heads';
    lightest.answer(least?.name ?? '', light);
    lab.table({
      title: 'The same prices, four ways (once connected)',
      columns: [
        'way',
        'requests',
        'in vain',
        { title: 'in vain', unit: 'bytes' },
        { title: 'on the wire', unit: 'bytes', bar: true },
        { title: 'publish to reader', unit: 'ms', bar: true },
      ],
      rows: results.map((way) => [
        say`${way.name}`,
        way.requests,
        way.inVain,
        way.wasted,
        way.bytes,
        way.delays[Math.floor(updates / 2)] ?? 0,
      ]),
    });
    const isComplete = results.every((way) => way.delays.length === updates);
    lab.check('every way brought every price', isComplete);
    const isOnce = results.slice(2).every((way) => way.requests === 1);
    lab.check('one request is enough where the server may go on speaking', isOnce);
    const isLeast = least?.name === 'websocket';
    lab.check('WebSocket moved the fewest bytes once connected', isLeast, say`${least?.bytes} bytes`);
  },
});
