/** The formats that other programs read: documents of several runs, read by parsers of others. */
import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { loadNamed } from '../../src/core/catalogue.ts';
import type { TraceEvent } from '../../src/core/events.ts';
import type { Look, Reporter } from '../../src/reporters/reporter.ts';

const REPORTERS = new URL('../../src/reporters/', import.meta.url);
const LOOK: Look = { layer: undefined, width: 100, colorLevel: 0, handshakes: false, language: 'en' };

function recorded(name: string): TraceEvent[] {
  const text = readFileSync(new URL(`../golden/recorded/${name}.ndjson`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A run whose last check does not hold, with a detail that is markup everywhere. */
const DETAIL = `<b>"1" & '2'</b> ]]> ::error:: 100% # \\ \`\`\``;
function failing(): TraceEvent[] {
  return recorded('job-queue').flatMap((event): TraceEvent[] => {
    if (event.type !== 'run-end') return [event];
    const check = { seq: event.seq, at: event.at, type: 'check', title: 'a # promise', passed: false, detail: DETAIL };
    return [check as TraceEvent, { ...event, seq: event.seq + 1, outcome: 'failed' }];
  });
}

async function documentOf(format: string, ...runs: TraceEvent[][]): Promise<string> {
  const reporter = await loadNamed<Reporter>(REPORTERS, format);
  const texts = runs.map((events) => events.map(reporter.begin(LOOK)).join(''));
  return reporter.document ? reporter.document(texts) : texts.join('');
}

const RUNS = [recorded('pubsub'), failing()];
const checks = RUNS.flat().filter((event) => event.type === 'check');

describe('junit', () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => /^test/.test(name),
  });

  test('a suite for each run, a case for each check and one for the run', async () => {
    const text = await documentOf('junit', ...RUNS);
    expect(XMLValidator.validate(text)).toBe(true);
    const { testsuites } = parser.parse(text);
    const suites = testsuites[0].testsuite;
    expect(suites.map((suite: { name: string }) => suite.name)).toEqual(['pubsub', 'job-queue']);
    const cases = suites.flatMap((suite: { testcase: object[] }) => suite.testcase);
    expect(cases).toHaveLength(checks.length + 2);
    for (const suite of suites) expect(Number(suite.tests)).toBe(suite.testcase.length);
    expect(suites.map((suite: { failures: string }) => suite.failures)).toEqual(['0', '1']);
  });

  test('a failure tells what was found, and the story that shows it', async () => {
    const { testsuites } = parser.parse(await documentOf('junit', failing()));
    const failed = testsuites[0].testsuite[0].testcase.find((one: { failure?: object }) => one.failure);
    expect(failed.name).toBe('a # promise');
    expect(failed.failure.message).toBe(`a # promise: ${DETAIL}`);
    expect(failed.failure['#text']).toContain('worker-2');
    expect(failed.failure['#text']).toContain(DETAIL);
  });

  test('a run that timed out is an error though no check failed', async () => {
    const events = recorded('pubsub').map(
      (event): TraceEvent => (event.type === 'run-end' ? { ...event, outcome: 'timed-out' } : event),
    );
    const { testsuites } = parser.parse(await documentOf('junit', events));
    expect(testsuites[0].testsuite[0].errors).toBe('1');
    expect(testsuites[0].testsuite[0].testcase.at(-1).error.type).toBe('timed-out');
  });
});

describe('tap', () => {
  test('version 14: a plan, a subtest for each run, directives escaped', async () => {
    const lines = (await documentOf('tap', ...RUNS)).trimEnd().split('\n');
    expect(lines[0]).toBe('TAP version 14');
    expect(lines.at(-1)).toBe('1..2');
    expect(lines.filter((line) => /^(not )?ok/.test(line)).map((line) => line.split(' # ')[0])).toEqual([
      'ok 1 - pubsub',
      'not ok 2 - job-queue',
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}not ok \d+ - a \\# promise$/));
    const found = lines.find((line) => line.trim().startsWith('found: '));
    expect(JSON.parse(found?.trim().slice('found: '.length) ?? '')).toBe(DETAIL);
  });
});

describe('github', () => {
  test('an annotation for what does not hold, on one line, escaped as the runner reads it', async () => {
    const text = await documentOf('github', failing());
    const line = text.split('\n').find((one) => one.startsWith('::error')) ?? '';
    expect(line).toMatch(/^::error title=job-queue%3A a # promise::/);
    const message = line.slice(line.indexOf('::', 2) + 2);
    expect(decodeURIComponent(message.replace(/%(?!0A|0D|25)/g, '%25')).split('\n')[0]).toBe(DETAIL);
    expect(text).toContain('::notice title=job-queue::failed');
  });
});

describe('markdown', () => {
  test('fences are longer than what they hold', async () => {
    const text = await documentOf('markdown', failing());
    const fences = [...text.matchAll(/^(`{3,})(\w*)$/gm)].map(([, fence, language]) => [fence, language]);
    expect(fences).toHaveLength(4);
    expect(fences.map(([, language]) => language)).toEqual(['text', '', 'mermaid', '']);
    expect(text).toContain('- ❌ a \\# promise');
  });
});

describe('mermaid', () => {
  // Mermaid's own parser reads one diagram a document, and renderers no more than 50,000 characters.
  test('several runs are one diagram, whose participants are declared once', async () => {
    const text = await documentOf('mermaid', recorded('pubsub'), recorded('job-queue'), recorded('stomp-chat'));
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => line === 'sequenceDiagram')).toHaveLength(1);
    const declared = [...text.matchAll(/^ {2}participant (p\d+) as (.*)$/gm)].map(([, id, name]) => ({ id, name }));
    expect(new Set(declared.map(({ id }) => id)).size).toBe(declared.length);
    expect(new Set(declared.map(({ name }) => name)).size).toBe(declared.length);
    const used = lines.flatMap((line) => /^ {2}(?:Note over )?(p\d+)(?:(?:->>|,)(p\d+))?:/.exec(line)?.slice(1) ?? []);
    expect(used.filter((id) => id !== undefined && !declared.some((one) => one.id === id))).toEqual([]);
    for (const run of ['pubsub', 'job-queue', 'stomp-chat'])
      expect(text).toMatch(new RegExp(`^  Note over p1,p\\d+: ▸▸ ${run}: `, 'm'));
    const worker = declared.find(({ name }) => name === 'worker-1')?.id;
    expect(text).toContain(`  ${declared.find(({ name }) => name === 'RabbitMQ')?.id}->>${worker}: job 1 deliver`);
  });

  test('of more runs than a renderer takes, as many rows as it does', async () => {
    const text = await documentOf('mermaid', ...Array.from({ length: 20 }, () => recorded('job-queue')));
    expect(text.length).toBeLessThan(50_000);
    expect(text).toMatch(/: … \d+ more \(the format markdown has a diagram of each run\)\n$/);
  });

  test('every line is one that the syntax has', async () => {
    const text = await documentOf('mermaid', recorded('pubsub'));
    const [head, ...lines] = text.trimEnd().split('\n');
    expect(head).toBe('sequenceDiagram');
    for (const line of lines) {
      expect(line).toMatch(/^ {2}(title .+|participant p\d+ as .+|p\d+->>p\d+: .+|Note over p\d+(,p\d+)?: .+)$/);
      // An entity ends with the only semicolon that may stand there.
      expect(line.replace(/#\d+;/g, '')).not.toMatch(/[#;]/);
    }
  });
});

describe('svg', () => {
  test('is XML that stands by itself, with every run in it and nothing that runs', async () => {
    const text = await documentOf('svg', ...RUNS);
    expect(XMLValidator.validate(text)).toBe(true);
    for (const title of ['pubsub: ', 'job-queue: ']) expect(text).toContain(title);
    expect(text).not.toMatch(/<script|href=|\son\w+=/);
  });
});

describe('asciicast', () => {
  test('one head, and times that never go back', async () => {
    const [head, ...frames] = (await documentOf('asciicast', ...RUNS))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(head).toMatchObject({ version: 2, width: 100, height: 40 });
    const times = frames.map(([at]) => at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(frames.every(([, kind]) => kind === 'o')).toBe(true);
    const shown = frames.map(([, , text]) => text).join('');
    expect(shown.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(shown).toContain('job-queue');
  });
});

describe('otlp', () => {
  test('no span has an attribute twice, also where a message is first unroutable and then returned', async () => {
    const { resourceSpans } = JSON.parse(await documentOf('otlp', recorded('pubsub')));
    const spans = resourceSpans[0].scopeSpans[0].spans as { name: string; attributes: { key: string }[] }[];
    expect(spans.some(({ attributes }) => attributes.some(({ key }) => key === 'error.type'))).toBe(true);
    for (const { name, attributes } of spans) {
      const keys = attributes.map(({ key }) => key);
      expect(keys, name).toEqual([...new Set(keys)]);
    }
  });

  test('spans of one trace for each run, whose parents and links are there', async () => {
    const { resourceSpans } = JSON.parse(await documentOf('otlp', ...RUNS));
    expect(resourceSpans).toHaveLength(2);
    for (const { scopeSpans } of resourceSpans) {
      const { spans } = scopeSpans[0];
      const ids = new Set(spans.map((span: { spanId: string }) => span.spanId));
      expect(ids.size).toBe(spans.length);
      expect(new Set(spans.map((span: { traceId: string }) => span.traceId)).size).toBe(1);
      for (const span of spans) {
        expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
        expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
        if (span.parentSpanId !== undefined) expect(ids).toContain(span.parentSpanId);
        for (const link of span.links) expect(ids).toContain(link.spanId);
        expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
      }
    }
  });

  test('producer, consumer and settling spans are linked', async () => {
    const { resourceSpans } = JSON.parse(await documentOf('otlp', recorded('job-queue')));
    const { spans } = resourceSpans[0].scopeSpans[0];
    const typeOf = (span: { attributes: { key: string; value: { stringValue: string } }[] }): string | undefined =>
      span.attributes.find(({ key }) => key === 'messaging.operation.type')?.value.stringValue;
    const sent = spans.filter((span: never) => typeOf(span) === 'send');
    const taken = spans.filter((span: never) => typeOf(span) === 'process');
    const settled = spans.filter((span: never) => typeOf(span) === 'settle');
    expect(sent.every(({ kind }: { kind: number }) => kind === 4)).toBe(true);
    expect(taken.every(({ kind }: { kind: number }) => kind === 5)).toBe(true);
    const published = recorded('job-queue').filter((event) => event.type === 'message' && event.stage === 'published');
    expect(sent).toHaveLength(published.length);
    for (const span of [...taken, ...settled]) {
      expect(sent.map(({ spanId }: { spanId: string }) => spanId)).toContain(span.links[0].spanId);
    }
  });

  test('what was one of several belongs to none of them, and is linked with each', async () => {
    const [first, second] = recorded('job-queue').flatMap((event) =>
      event.type === 'message' && event.stage === 'published' ? event.id : [],
    );
    const events = recorded('job-queue').map((event) =>
      event.type === 'message' && event.stage === 'delivered' && event.id === first
        ? ({ ...event, among: [second] } as TraceEvent)
        : event,
    );
    const spans: { kind: number; parentSpanId?: string; spanId: string; links: { spanId: string }[] }[] = JSON.parse(
      await documentOf('otlp', events),
    ).resourceSpans[0].scopeSpans[0].spans;
    const [root, ...others] = spans;
    const sent = others.filter(({ kind }) => kind === 4).map(({ spanId }) => spanId);
    const [unsure, ...more] = others.filter(({ links }) => links.length > 1);
    expect(more).toEqual([]);
    expect(unsure).toMatchObject({ kind: 5, parentSpanId: root?.spanId });
    expect(unsure?.links.map(({ spanId }) => spanId)).toEqual(sent.slice(0, 2));
  });
});
