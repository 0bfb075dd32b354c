import { defineScenario, range, say } from 'msgplay';

const WAYS = {
  polling: 'Polling: the client asks again and again',
  'long-poll': 'Long polling: the server keeps a request until it has news',
  sse: 'Server-sent events: one response that never ends',
  websocket: 'WebSocket: after the handshake both sides may speak',
};
const NAMES = Object.keys(WAYS) as (keyof typeof WAYS)[];
const BYTES = { title: 'on the wire', unit: 'bytes', bar: true };
const COLUMNS = ['way', 'requests', BYTES, { title: 'POST to reader, average', unit: 'ms', bar: true }];
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

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
    const [publisher, reader] = [await lab.url('http', 'publisher'), await lab.url('http', 'reader')];
    const traffic = () => lab.traffic('reader');
    const bytes = () => traffic().fromClientBytes + traffic().fromServerBytes;
    const ended = () => traffic().connections - traffic().openConnections;
    /** Requests that were sent, or granted where one is enough; and when each price was seen. */
    let [requests, seenAt] = [0, [] as number[]];
    const see = () => seenAt.push(traffic().fromServerAt);
    const ask = async (url: string) => {
      requests++;
      const response = await fetch(url);
      const news = (await response.json()) as unknown[];
      news.forEach(see);
    };
    const watch = {
      async polling(url: string) {
        for (; seenAt.length < updates; await lab.sleep(poll)) await ask(`${url}?after=${seenAt.length}`);
      },
      async 'long-poll'(url: string) {
        while (seenAt.length < updates) await ask(`${url}?after=${seenAt.length}&wait=10000`);
      },
      async sse(url: string) {
        const before = ended();
        const { body } = await fetch(`${url}/events`, { headers: { accept: 'text/event-stream' } });
        requests++;
        let text = '';
        for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const events = (text + chunk).split('\n\n');
          text = events.pop() ?? '';
          events.forEach(see);
          if (seenAt.length === updates) break;
        }
        await lab.until('the reader has left', () => ended() > before);
      },
      async websocket(url: string) {
        const socket = lab.using(new WebSocket(url)).on('open', () => requests++);
        socket.on('message', () => {
          if (see() === updates) socket.close(1000, 'seen enough');
        });
        await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
      },
    };

    const question = say`${updates} prices, told in four ways. Which way needs the most requests?`;
    const most = await lab.predict(question, NAMES);
    const lightest = await lab.predict('And which way has the fewest bytes on the wire, once it is connected?', NAMES);
    const results = [];
    for (const name of NAMES) {
      await lab.step(WAYS[name]);
      [requests, seenAt] = [0, []];
      const topic = `updates/${encodeURIComponent(lab.name(`prices-${name}`))}`;
      const watching = watch[name](`${reader}/${topic}`);
      await lab.until(say`${name} is ready`, () => requests > 0);
      const before = bytes();
      const publishedAt: number[] = [];
      for (const price of range(1, updates)) {
        await lab.sleep(every);
        await fetch(`${publisher}/${topic}`, { method: 'POST', body: JSON.stringify({ price }) });
        publishedAt.push(lab.traffic('publisher').fromClientAt);
      }
      await watching;
      const delay = Math.round(10 * (mean(seenAt) - mean(publishedAt))) / 10;
      results.push({ name, requests, bytes: bytes() - before, prices: seenAt.length, delay });
    }

    const [busiest] = [...results].sort((one, other) => other.requests - one.requests);
    const [least] = [...results].sort((one, other) => one.bytes - other.bytes);
    most.answer(busiest?.name ?? '', 'whoever may not speak unasked must be asked, whether there is news or not');
    const light = 'a frame adds two bytes to a short text, where a request and a response add two heads';
    lightest.answer(least?.name ?? '', light);
    const rows = results.map((one) => [say`${one.name}`, one.requests, one.bytes, one.delay]);
    lab.table({ title: 'The same prices, four ways (once connected)', columns: COLUMNS, rows });
    const isComplete = results.every(({ prices }) => prices === updates);
    lab.check('every way brought every price', isComplete);
    const isOnce = results.slice(2).every((one) => one.requests === 1);
    lab.check('one request is enough where the server may go on speaking', isOnce);
    const isLight = least?.name === 'websocket';
    lab.check('WebSocket moved the fewest bytes once connected', isLight, say`${least?.bytes} bytes`);
  },
});
