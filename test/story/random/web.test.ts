/** The story of HTTP, judged by random exchanges whose truth is known: pipelined, chunked, streamed, and cut anywhere. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';

interface Answer {
  readonly bytes: Buffer;
  /** Where its final head ends, and where all of it does. */
  readonly headBytes: number;
  readonly body: string;
  readonly status: number;
  /** The data of each event, and where the event ends; only of a stream. */
  readonly events?: readonly { readonly data: string; readonly end: number }[];
}

interface Exchange {
  readonly method: string;
  readonly requestBytes: Buffer;
  readonly requestBody: string;
  readonly answer: Answer;
}

const crlf = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;
const chunksOf = (parts: readonly string[]): string =>
  `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
const word = fc.stringMatching(/^[a-z]{1,12}$/);
const words = fc.array(word, { minLength: 1, maxLength: 4 });

const request = fc.oneof(
  fc.constantFrom('GET', 'HEAD').map((method) => ({ method, head: [] as string[], rest: '', body: '' })),
  word.map((body) => ({ method: 'POST', head: [`Content-Length: ${body.length}`], rest: body, body })),
  words.map((parts) => ({
    method: 'PUT',
    head: ['Transfer-Encoding: chunked'],
    rest: chunksOf(parts),
    body: parts.join(''),
  })),
);

const answer = fc.oneof(
  word.map((body) => ({ status: 200, head: [`Content-Length: ${body.length}`], parts: [body], rest: body })),
  fc.constantFrom(204, 304).map((status) => ({ status, head: [] as string[], parts: [] as string[], rest: '' })),
  words.map((parts) => ({ status: 404, head: ['Transfer-Encoding: chunked'], parts, rest: chunksOf(parts) })),
  words.map((parts) => ({
    status: 200,
    head: ['Content-Type: text/event-stream', 'Transfer-Encoding: chunked'],
    parts,
    rest: chunksOf(parts.map((part) => `data: ${part}\n\n`)),
    streams: true,
  })),
);

const exchange = fc
  .tuple(request, answer, fc.subarray(['100 Continue', '103 Early Hints']), fc.nat())
  .map(([asked, answered, interim, name]): Exchange => {
    const { status, head, parts } = answered;
    const hasBody = asked.method !== 'HEAD';
    const heads = [...interim.map((line) => crlf(`HTTP/1.1 ${line}`)), crlf(`HTTP/1.1 ${status} Told`, ...head)].join(
      '',
    );
    const rest = hasBody ? answered.rest : '';
    let end = heads.length;
    const events = parts.map((data) => {
      const event = `data: ${data}\n\n`;
      end += `${event.length.toString(16)}\r\n${event}\r\n`.length;
      return { data, end };
    });
    return {
      method: asked.method,
      requestBytes: Buffer.from(crlf(`${asked.method} /${name} HTTP/1.1`, 'Host: x', ...asked.head) + asked.rest),
      requestBody: asked.body,
      answer: {
        bytes: Buffer.from(heads + rest),
        headBytes: heads.length,
        body: hasBody && !('streams' in answered) ? parts.join('') : '',
        status,
        ...('streams' in answered && hasBody ? { events } : {}),
      },
    };
  });

/** What the story must say of answers of which only so many bytes came. */
function truthOf(exchanges: readonly Exchange[], came: number): { steps: string[]; notes: number } {
  const steps = exchanges.map(({ method, requestBody }) => `requested ${method} ${requestBody}`.trim());
  let notes = 0;
  let left = came;
  for (const { answer: told } of exchanges) {
    const { bytes, headBytes, body, status, events } = told;
    const isWhole = left >= bytes.length;
    if (left < headBytes) notes++;
    else if (events) {
      steps.push(`responded ${status}`);
      // An event that its chunk's end has not followed may be told or not: the blank line was there.
      steps.push(...events.filter(({ end }) => left >= end).map(({ data }) => `pushed event ${data}`));
      notes++;
    } else steps.push(`responded ${status} ${isWhole ? body : '(cut)'}`.trim());
    left = Math.max(0, left - bytes.length);
  }
  return { steps, notes };
}

test('every exchange is told as it was, however it is cut into pieces, and wherever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(exchange, { minLength: 1, maxLength: 6 }),
      fc.oneof(fc.nat(100_000), fc.constant(undefined)),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom('client', 'server', 'cut'),
      async (exchanges, cutAt, pieceBytes, by) => {
        const all = Buffer.concat(exchanges.map(({ answer: { bytes } }) => bytes));
        const came = cutAt === undefined ? all : all.subarray(0, cutAt % (all.length + 1));
        const told = await Narration.of('http', ['http', 'websocket']);
        const peer = told
          .peer('me')
          .client(...inPieces(Buffer.concat(exchanges.map((one) => one.requestBytes)), pieceBytes));
        peer.server(...inPieces(came, pieceBytes));
        if (by === 'server') peer.ends('server');
        peer.gone(by);

        const truth = truthOf(exchanges, came.length);
        const steps = told.messages().map(({ stage, verb, body, reason }) => {
          const isCut = reason?.code === 'RESPONSE_TRUNCATED';
          return `${stage} ${verb} ${isCut ? '(cut)' : body}`.trim();
        });
        expect(steps.filter(isCertain(truth.steps))).toEqual(truth.steps);
        const ends = told.told.flatMap((event) => (event.type === 'note' && event.statement ? [event.statement] : []));
        const codes = ends.filter(({ code }) => /NO_RESPONSE|EVENT_STREAM/.test(code));
        expect(codes.length).toBe(truth.notes);
        expect(told.end().accounts).toEqual({});
      },
    ),
    { numRuns: 500 },
  );
});

/** The last event of a stream that was cut may be told though its chunk is not complete. */
function isCertain(truth: readonly string[]): (step: string, index: number, all: readonly string[]) => boolean {
  const pushed = truth.filter((step) => step.startsWith('pushed')).length;
  let seen = 0;
  return (step) => !step.startsWith('pushed') || ++seen <= pushed;
}

function inPieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
