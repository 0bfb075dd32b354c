/** Programs as lines that a person reads, and back: `c1/1: publish key=q1 "a" ✓`. */
import type { AmqpOp, ExchangeTraits, Pace, Program, QueueTraits, Step, StompOp } from './program.ts';
import { exchangeName, queueName } from './program.ts';

const MARKS: { readonly [pace in Pace]: string } = { sent: '', read: ' …', answered: ' ✓' };
/** Verbs of two words. */
const LONG_VERBS = ['declare exchange', 'delete exchange', 'bind exchange', 'unbind exchange', 'close channel'];
const NUMBERS = 'priority ttl expires maxLength maxPriority deliveryLimit count nth prefetch expiration'.split(' ');
const PROPERTIES = 'persistent priority ttl header cc bcc replyTo'.split(' ');
const ENDING =
  /^(?<ending>orderly|cut|cut unread) end(?<awaited>, all awaited)?; STOMP (?<version>\S+)(?<web> by WebSocket)?$/;

export function lines(program: Program): string[] {
  const { queues, exchanges, bindings, version, losesLastWords, steps, ending, isAwaited } = program;
  return [
    ...queues.map((traits, index) => `queue ${queueName(index)}${wordsOf(traits)}`),
    ...exchanges.map((traits, index) => `exchange ${exchangeName(index)}${wordsOf(traits)}`),
    ...bindings.map(({ exchange, queue, key }) => `bind ${queue} to ${exchange} by ${key}`),
    ...steps.map(stepText),
    `${ending} end${isAwaited ? ', all awaited' : ''}; STOMP ${version}${losesLastWords ? ' by WebSocket' : ''}`,
  ];
}

function stepText(step: Step): string {
  if ('read' in step) return `  the server reads ${step.count} of ${step.read}`;
  if ('hear' in step) return `  the tap hears ${step.hear}`;
  if ('wait' in step) return `  ${step.wait} ms pass`;
  if ('cut' in step) return `  cut ${step.cut} by ${step.by}${wordsOf({ unread: step.unread, late: step.late })}`;
  if ('notice' in step) return '  the server notices';
  if ('caughtUp' in step) return '  all is carried out';
  if ('restart' in step) return '  restart';
  if ('stomp' in step) return `${step.at}: ${opText(step.stomp)}${MARKS[step.pace]}`;
  return `${step.at}/${step.channel}: ${opText(step.op)}${MARKS[step.pace]}`;
}

function opText({ do: verb, ...fields }: AmqpOp | StompOp): string {
  const {
    properties = {},
    traits = {},
    ...own
  } = fields as { properties?: object; traits?: object; exchange?: string };
  // The default exchange needs no mention where something is published to it.
  const said = verb === 'publish' && own.exchange === '' ? { ...own, exchange: undefined } : own;
  return `${verb}${wordsOf(said)}${wordsOf(properties)}${wordsOf(traits)}`;
}

/** `{a: 1, b: true, c: 'x'}` is ` a=1 b c=x`. */
function wordsOf(traits: object): string {
  return Object.entries(traits)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => {
      if (value === true) return ` ${name}`;
      return name === 'body' ? ` "${value}"` : ` ${name}=${value}`;
    })
    .join('');
}

/** Reads what `lines` wrote. */
export function parse(text: string): Program {
  const queues: QueueTraits[] = [];
  const exchanges: ExchangeTraits[] = [];
  const bindings: { exchange: string; queue: string; key: string }[] = [];
  const steps: Step[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    const ending = ENDING.exec(line)?.groups;
    if (ending) {
      const { version, awaited, web } = ending;
      return {
        ...{ queues, exchanges, bindings, steps, isAwaited: awaited !== undefined },
        ...{ version: version as Program['version'], losesLastWords: web !== undefined },
        ending: ending.ending as Program['ending'],
      };
    }
    const [first, second = '', , fourth = '', , sixth = ''] = line.split(' ');
    if (first === 'queue') queues.push(traitsOf(rest(line, 2)) as QueueTraits);
    else if (first === 'exchange') exchanges.push(traitsOf(rest(line, 2)) as unknown as ExchangeTraits);
    else if (first === 'bind') bindings.push({ queue: second, exchange: fourth, key: sixth });
    else if (line !== '') steps.push(stepOf(line));
  }
  throw new Error('the program has no end');
}

function rest(line: string, words: number): string {
  return line.split(' ').slice(words).join(' ');
}

function stepOf(line: string): Step {
  const [first = '', second = '', , fourth = ''] = line.split(' ');
  if (line === 'restart') return { restart: true };
  if (line === 'all is carried out') return { caughtUp: true };
  if (line === 'the server notices') return { notice: true };
  if (line.startsWith('the server reads')) return { read: line.split(' ').at(-1) ?? '', count: Number(fourth) };
  if (line.startsWith('the tap hears')) return { hear: fourth };
  if (line.endsWith(' ms pass')) return { wait: Number(first) };
  if (first === 'cut') {
    const { unread = false, late = false } = traitsOf(rest(line, 4)) as { unread?: boolean; late?: boolean };
    return { cut: second, by: fourth as 'client' | 'cut', unread, late };
  }
  const [who = '', said = ''] = [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)];
  const pace = (Object.keys(MARKS) as Pace[]).find((one) => MARKS[one] !== '' && said.endsWith(MARKS[one])) ?? 'sent';
  const words = said.slice(0, said.length - MARKS[pace].length);
  const verb = LONG_VERBS.find((one) => `${words} `.startsWith(`${one} `)) ?? words.split(' ')[0] ?? '';
  const given = traitsOf(words.slice(verb.length));
  const [at = '', channel] = who.split('/');
  if (channel === undefined) return { at, stomp: { do: verb, ...given } as StompOp, pace };
  return { at, channel: Number(channel), op: amqpOp(verb, given), pace };
}

type Traits = { readonly [name: string]: string | number | boolean };

function amqpOp(verb: string, given: Traits): AmqpOp {
  if (verb === 'publish') {
    const [properties, own] = parted(given, (name) => PROPERTIES.includes(name));
    return { do: verb, exchange: '', ...own, properties } as unknown as AmqpOp;
  }
  const OWN = ['queue', 'exchange', 'passive', 'noWait'];
  if (verb !== 'declare' && verb !== 'declare exchange') return { do: verb, ...given } as unknown as AmqpOp;
  const [own, traits] = parted(given, (name) => OWN.includes(name));
  return { do: verb, ...own, traits } as unknown as AmqpOp;
}

function parted(traits: Traits, isFirst: (name: string) => boolean): [Traits, Traits] {
  const entries = Object.entries(traits);
  return [
    Object.fromEntries(entries.filter(([name]) => isFirst(name))),
    Object.fromEntries(entries.filter(([name]) => !isFirst(name))),
  ];
}

/** Reads ` a=1 b c=x "body"`. */
function traitsOf(text: string): Traits {
  const words = text.split(' ').filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      if (word.startsWith('"')) return ['body', word.slice(1, -1)];
      const at = word.indexOf('=');
      if (at < 0) return [word, true];
      const [name, value] = [word.slice(0, at), word.slice(at + 1)];
      return [name, NUMBERS.includes(name) ? Number(value) : value];
    }),
  );
}
