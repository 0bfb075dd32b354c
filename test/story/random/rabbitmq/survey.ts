/**
 * Plays many random programs and writes down each kind of failure once, with the smallest program that shows it:
 *
 *     RUNS=2000 SEED=7 KIND=awaited npx jiti test/story/random/rabbitmq/survey.ts
 */
import fc from 'fast-check';
import { awaited, concurrent } from './arbitrary.ts';
import { judge, type Violation } from './judge.ts';
import { play } from './play.ts';
import type { Program } from './program.ts';
import { lines } from './program-text.ts';
import { shrink } from './shrink.ts';

const { RUNS = '500', SEED = '1', KIND = 'both', MAX = '60' } = process.env;

/** The same for violations that are of one kind, whatever the names in them. */
function signature({ rule, text }: Violation): string {
  const plain = text
    .replace(/#\d+(\|#\d+|\|…)*/g, '#')
    .replace(/frame \d+|@\d+/g, '')
    .replace(/\b[qxcstk]\d\b/g, '?')
    .replace(/amq\.\S+|stomp-subscription-\S+/g, '?');
  const [said = ''] = plain.split(' — ');
  if (rule === 'fate' || rule === 'contradiction') return `${rule}: ${said.slice(0, 75)}`;
  const [, why = ''] = said.split(': ');
  return `${rule}: ${said.split(' ').slice(0, 2).join(' ')} ${why.slice(0, 40)}`;
}

async function violationsOf(program: Program): Promise<Violation[]> {
  try {
    return judge(program, await play(program));
  } catch (error) {
    const { message, stack = '' } = error as Error;
    const at = stack.split('\n').find((line) => /\/(src|random)\//.test(line)) ?? '';
    return [{ rule: 'witness', text: `thrown: ${message} ${at.trim()}` }];
  }
}

/** So many are made at a time. */
const AT_ONCE = 500;

function* programs(kind: fc.Arbitrary<Program>): Generator<Program> {
  for (let from = 0; from < Number(RUNS); from += AT_ONCE) {
    const numRuns = Math.min(AT_ONCE, Number(RUNS) - from);
    yield* fc.sample(kind, { numRuns, seed: Number(SEED) + from * 1_000 });
  }
}

interface Found {
  count: number;
  program: Program;
}

async function survey(kinds: readonly fc.Arbitrary<Program>[]): Promise<void> {
  const found = new Map<string, Found>();
  let failing = 0;
  let vague = 0;
  let messages = 0;
  let deliveries = 0;
  let among = 0;
  const unknown = new Map<string, number>();
  for (const kind of kinds) {
    for (const program of programs(kind)) {
      const violations = await violationsOf(program);
      if (violations.length > 0 && violations.every(({ rule }) => rule === 'needless unknown')) vague++;
      if (violations.length > 0) failing++;
      else {
        const { fates, told } = await play(program);
        messages += fates.size;
        for (const event of told) {
          if (!program.isAwaited || event.type !== 'message' || !event.stage.endsWith('delivered')) continue;
          deliveries++;
          if (event.among) among++;
        }
        for (const fate of fates.values()) {
          if (fate.kind === 'unknown') unknown.set(fate.reason.code, (unknown.get(fate.reason.code) ?? 0) + 1);
        }
      }
      for (const sign of new Set(violations.map(signature))) {
        const known = found.get(sign);
        // A survey that is stopped has told that much.
        if (!known) console.log(sign);
        if (!known) found.set(sign, { count: 1, program });
        else {
          known.count++;
          if (program.steps.length < known.program.steps.length) known.program = program;
        }
      }
    }
  }
  console.log(`${failing} programs of ${kinds.length * Number(RUNS)} fail, in ${found.size} ways`);
  console.log(`of ${vague} of them nothing is told wrong, and something is not known that could be`);
  const why = [...unknown].sort(([, one], [, other]) => other - one).map(([code, count]) => `${count} ${code}`);
  console.log(`in the others, of ${messages} messages are not known: ${why.join(', ') || 'none'}`);
  console.log(`where all is awaited, ${among} of ${deliveries} deliveries are told to be one or another`);
  const shown = new Map<string, string[]>();
  const often = [...found].sort(([, one], [, other]) => other.count - one.count);
  for (const [sign, { count, program }] of often.slice(0, Number(MAX))) {
    const small = await shrink(program, async (one) => (await violationsOf(one)).some((v) => signature(v) === sign));
    const text = lines(small).map((line) => `    ${line}`);
    for (const { rule, text: said } of await violationsOf(small)) text.push(`  -> ${rule}: ${said}`);
    const known = shown.get(text.join('\n'));
    const title = `${sign} (${count} programs)`;
    if (known) known.push(title);
    else shown.set(text.join('\n'), [title]);
  }
  const shortest = [...shown].sort(([one], [other]) => one.length - other.length);
  for (const [text, titles] of shortest) console.log(['', ...titles.map((title) => `## ${title}`), text].join('\n'));
}

const kinds = { awaited: [awaited], concurrent: [concurrent], both: [awaited, concurrent] };
await survey(kinds[KIND as keyof typeof kinds]);
