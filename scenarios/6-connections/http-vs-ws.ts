import { defineScenario, range, say } from 'msgplay';

const READER = 'reader';
const WASTED = { title: 'in vain', unit: 'bytes' };
const BYTES = { title: 'on the wire', unit: 'bytes', bar: true };
const DELAY = { title: 'POST to reader, median', unit: 'ms', bar: true };
const WAYS = {
  polling: 'Polling: the client asks again and again',
  'long-poll': 'Long polling: the server keeps a request until it has news',
  sse: 'Server-sent events: one response that never ends',
  websocket: 'WebSocket: after the handshake both sides may speak',
};
type Way = keyof typeof WAYS;
type Update = { readonly number: number };

/** The middle of what is sorted. */
const median = (sorted: readonly number[]) => {
  const [below = 0, above = 0] = [(sorted.length - 1) / 2, sorted.length / 2].map((at) => sorted[Math.floor(at)]);
  return Math.round((below + above) * 5) / 10;
};

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
    const bytes = () => lab.traffic(READER).fromClientBytes + lab.traffic(READER).fromServerBytes;
    /** fetch opens another connection at once where it ends one, so that those which are open tell nothing. */
    const ended = () => lab.traffic(READER).connections - lab.traffic(READER).openConnections;
    const begin = (name: Way) => ({ name, requests: 0, inVain: 0, wasted: 0, bytes: 0, seenAt: [] as number[] });
    const publishedAt: number[] = [];
    let [way, isReady] = [begin('polling'), false];
    const see = ({ number }: Update) => {
      way.seenAt[number] = lab.traffic(READER).fromServerAt;
      way.bytes = bytes();
    };
    /** Asks for what is new, and resolves with how much there was. */
    const ask = async (url: string, options: RequestInit = {}) => {
      [isReady, way.requests] = [true, way.requests + 1];
      const before = bytes();
      const response = await fetch(url, options);
      const news = response.status === 200 ? ((await response.json()) as Update[]) : [];
      for (const update of news) see(update);
      if (news.length === 0) [way.inVain, way.wasted] = [way.inVain + 1, way.wasted + bytes() - before];
      return news.length;
    };
    const watch: Record<Way, (url: string, stop: AbortSignal) => Promise<unknown>> = {
      async polling(url, stop) {
        for (let seen = 0; !stop.aborted; await lab.sleep(poll)) seen += await ask(`${url}?after=${seen}`);
      },
      async 'long-poll'(url, stop) {
        for (let seen = 0; !stop.aborted; ) seen += await ask(`${url}?after=${seen}&wait=10000`, { signal: stop });
      },
      async sse(url, stop) {
        way.requests++;
        const { body } = await fetch(`${url}/events`, { signal: stop, headers: { accept: 'text/event-stream' } });
        isReady = true;
        let text = '';
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const events = (text + chunk).split('\n\n');
          text = events.pop() ?? '';
          for (const event of events) see(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? 'null'));
        }
      },
      async websocket(url, stop) {
        way.requests++;
        const socket = new WebSocket(url).on('message', (data) => see(JSON.parse(String(data))));
        stop.addEventListener('abort', () => socket.close(1000, 'seen enough'));
        await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
        isReady = true;
        await new Promise((resolve) => socket.on('close', resolve));
      },
    };

    const names = Object.keys(WAYS) as Way[];
    const question = say`${updates} prices, told in four ways. Which way needs the most requests?`;
    const most = await lab.predict(question, names);
    const lightest = await lab.predict('And which way has the fewest bytes on the wire, once it is connected?', names);
    const results: (ReturnType<typeof begin> & { delays: number[] })[] = [];
    for (const name of names) {
      await lab.step(WAYS[name]);
      const topic = encodeURIComponent(`${lab.name('prices')}-${name}`);
      [way, isReady] = [begin(name), false];
      const stop = new AbortController();
      lab.defer(() => stop.abort());
      const watching = watch[name](`${reader}/updates/${topic}`, stop.signal).catch((error) => {
        if (!stop.signal.aborted) throw error;
      });
      await Promise.race([watching, lab.until(say`${name} is ready`, () => isReady)]);
      const before = bytes();
      for (const price of range(1, updates)) {
        await lab.sleep(every);
        const body = JSON.stringify({ price, cents: 100 + Math.floor(lab.random() * 50) });
        await fetch(`${publisher}/updates/${topic}`, { method: 'POST', body });
        publishedAt[price] = lab.traffic('publisher').fromClientAt;
      }
      await lab.until(say`${name} has brought every price`, () => Object.keys(way.seenAt).length >= updates);
      if (name === 'long-poll') await lab.until('the next long poll is under way', () => bytes() > way.bytes);
      const endedBefore = ended();
      stop.abort();
      await watching;
      // What it leaves unfinished ends here, and not under the next heading; polls share a connection that stays.
      if (name !== 'polling') await lab.until('the reader has left', () => ended() > endedBefore);
      const delays = way.seenAt.map((at, price) => at - (publishedAt[price] ?? 0)).filter(Number.isFinite);
      results.push({ ...way, bytes: way.bytes - before, delays: delays.sort((a, b) => a - b) });
    }

    const [busiest] = [...results].sort((one, other) => other.requests - one.requests);
    const [least] = [...results].sort((one, other) => one.bytes - other.bytes);
    most.answer(busiest?.name ?? '', 'whoever may not speak unasked must be asked, whether there is news or not');
    const light = 'a frame adds two bytes to a short text, where a request and a response add two heads';
    lightest.answer(least?.name ?? '', light);
    const columns = ['way', 'requests', 'in vain', WASTED, BYTES, DELAY];
    const rows = results.map(({ name, requests, inVain, wasted, bytes: total, delays }) => {
      return [say`${name}`, requests, inVain, wasted, total, median(delays)];
    });
    lab.note('a WebSocket tells its program of four events: open, message, close, and error, of which there was none');
    lab.table({ title: 'The same prices, four ways (once connected)', columns, rows });
    const isComplete = results.every((one) => one.delays.length === updates);
    lab.check('every way brought every price', isComplete);
    const isOnce = results.slice(2).every((one) => one.requests === 1);
    lab.check('one request is enough where the server may go on speaking', isOnce);
    const isLight = least?.name === 'websocket';
    lab.check('WebSocket moved the fewest bytes once connected', isLight, say`${least?.bytes} bytes`);
  },
});
