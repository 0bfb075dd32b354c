/** A page that listens, without a browser: server-sent events by hand. */
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';

export interface Heard {
  readonly event: string;
  readonly id: number;
  /** Pieces, each with the event behind it. */
  readonly pieces: readonly { readonly piece: Record<string, unknown>; readonly event: Record<string, unknown> }[];
}

export interface Listener {
  readonly heard: Heard[];
  /** The pieces that came last in one go, since the server began anew. */
  pieces(): Heard['pieces'];
  /** Stops reading, or goes on. */
  read(isReading: boolean): void;
  readonly ended: boolean;
  close(): void;
}

/** The URL of the page, as it stands on stderr. */
export function pageUrl(stderr: string): string {
  return /^The page: (\S+)$/m.exec(stderr)?.[1] ?? '';
}

/** Asks for something of the page; resolves with the answer and its body. */
export async function ask(url: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
    const request: ClientRequest = get(url, { headers, method, agent: false }, async (response) => {
      let body = '';
      // Events have no end of their own.
      if (response.headers['content-type'] === 'text/event-stream') response.destroy();
      else for await (const text of response.setEncoding('utf8')) body += text;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    request.on('error', reject);
  });
}

/** Listens to the page at this URL; with `last`, as one that was here before. */
export async function listenTo(url: string, last?: number): Promise<Listener> {
  const headers = last === undefined ? {} : { 'Last-Event-ID': String(last) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}events`, { headers, agent: false }, resolve).on('error', reject);
  });
  const heard: Heard[] = [];
  let ended = false;
  let text = '';
  response.setEncoding('utf8').on('data', (more: string) => {
    const blocks = (text + more).split('\n\n');
    text = blocks.pop() ?? '';
    heard.push(...blocks.filter((block) => !block.startsWith(':')).map(read));
  });
  const over = () => {
    ended = true;
  };
  response.on('end', over).on('error', over).on('close', over);
  onTestFinished(() => void response.destroy());
  return {
    heard,
    pieces() {
      const since = heard.findLastIndex(({ event }) => event === 'anew');
      return heard.slice(Math.max(0, since)).flatMap(({ pieces }) => pieces);
    },
    read: (isReading) => void (isReading ? response.resume() : response.pause()),
    get ended() {
      return ended;
    },
    close: () => void response.destroy(),
  };
}

/** Waits until a listener has heard a line that says this. */
export async function hears(listener: Listener, pattern: RegExp): Promise<void> {
  await eventually(() => {
    if (!listener.pieces().some((one) => pattern.test(JSON.stringify(one)))) throw new Error(`nobody said ${pattern}`);
  });
}

/** Waits until a listener was told that nothing more will come; whoever says so may be gone by then. */
export async function hearsTheEnd({ heard }: Listener): Promise<void> {
  await eventually(() => expect(heard.at(-1)?.event).toBe('over'));
}

function read(block: string): Heard {
  const lines = block.split('\n').map((line) => /^(\w+): ?(.*)$/s.exec(line) ?? []);
  const of = (wanted: string) => lines.filter(([, name]) => name === wanted).map(([, , value = '']) => value);
  const pieces = of('data').filter((data) => data !== '');
  return {
    event: of('event')[0] ?? '',
    id: Number(of('id')[0]),
    pieces: pieces.map((data) => {
      const [piece = '', event = '{}'] = data.split('\t');
      return { piece: JSON.parse(piece), event: JSON.parse(event) };
    }),
  };
}
