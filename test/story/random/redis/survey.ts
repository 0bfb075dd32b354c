/**
 * Plays many random programs and writes down each kind of failure once, with the smallest program that shows it:
 *
 *     RUNS=2000 SEED=7 KIND=scripts MIN=20 npx jiti test/story/random/redis/survey.ts
 */
import fc from 'fast-check';
import { type Judged, judge } from './judge.ts';
import { kindsOf, type Program, type Step } from './programs.ts';
import { shrink } from './shrink.ts';

const { RUNS = '500', SEED = '1', KIND, MAX = '20', MIN = '1' } = process.env;

/** The same for failures that are of one kind, whatever the names in them. */
function signature(fault: string): string {
  return fault
    .replace(/^[\w:|?]+(?= )/, '')
    .replace(/\d+:\d+(:\d+)?/g, ':')
    .replace(/#\d+|\d+/g, '#')
    .replace(/\b[abcst]\b/g, '?')
    .replace(/(# \(:\)|# \(foreign\))( or (# \(:\)|# \(foreign\)))*/g, '#')
    .slice(0, 90);
}

async function faultsOf(program: Program, isCertain: boolean): Promise<{ faults: string[]; judged?: Judged }> {
  try {
    const judged = await judge(program);
    const { faults, unknown, among } = judged;
    return { faults: isCertain && unknown + among > 0 ? [...faults, `vague: ${vagueness(judged)}`] : faults, judged };
  } catch (error) {
    return { faults: [`thrown: ${(error as Error).message}`] };
  }
}

/** Why something is not known where all could be. */
function vagueness({ reasons, among }: Judged): string {
  return [...reasons, ...(among > 0 ? ['one of several'] : [])].join(', ');
}

function shown(word: string): string {
  const plain = JSON.stringify(word.replaceAll(' ', '_')).slice(1, -1);
  return plain.length > 200 ? `${plain.slice(0, 8)}…${plain.slice(-8)}` : plain;
}

function text({ resp3, steps }: Program): string[] {
  const line = (step: Step): string => {
    switch (step.do) {
      case 'send':
        return `send(${[`${step.client}`, ...step.commands.map((words) => `'${words.map(shown).join(' ')}'`)].join(', ')})`;
      case 'reach':
        return `reach(${step.client}, ${step.count})`;
      case 'see':
        return `see(${step.client})`;
      case 'cut':
        return `{ do: 'cut', client: ${step.client}, how: '${step.how}' }`;
      case 'pass':
        return `{ do: 'pass', ms: ${step.ms} }`;
      case 'settle':
        return 'settle';
    }
  };
  return [...(resp3.includes(true) ? [`resp3: ${resp3.join(' ')}`] : []), ...steps.map((step) => `${line(step)},`)];
}

const found = new Map<string, { count: number; program: Program; isCertain: boolean }>();
for (const [name, { programs, isCertain }] of Object.entries(kindsOf(Number(MIN)))) {
  if (KIND !== undefined && !new RegExp(KIND).test(name)) continue;
  let failing = 0;
  let vague = 0;
  let messages = 0;
  for (const program of fc.sample(programs, { numRuns: Number(RUNS), seed: Number(SEED) })) {
    const { faults, judged } = await faultsOf(program, isCertain);
    if (faults.length > 0) failing++;
    vague += judged?.unknown ?? 0;
    messages += judged?.published ?? 0;
    for (const sign of new Set(faults.map((fault) => `${name}: ${signature(fault)}`))) {
      const known = found.get(sign);
      if (!known) found.set(sign, { count: 1, program, isCertain });
      else {
        known.count++;
        if (program.steps.length < known.program.steps.length) known.program = program;
      }
    }
  }
  console.log(`${name}: ${failing} of ${RUNS} programs fail; of ${messages} messages ${vague} are not known`);
}
const often = [...found].sort(([, one], [, other]) => other.count - one.count);
for (const [sign, { count, program, isCertain }] of often.slice(0, Number(MAX))) {
  const plain = sign.slice(sign.indexOf(': ') + 2);
  const small = await shrink(program, async (one) =>
    (await faultsOf(one, isCertain)).faults.some((fault) => signature(fault) === plain),
  );
  const { faults, judged } = await faultsOf(small, isCertain);
  console.log(`\n## ${sign} (${count} programs)`);
  for (const line of text(small)) console.log(`    ${line}`);
  for (const fault of faults) console.log(`  -> ${fault}`);
  for (const line of judged?.lines ?? []) console.log(`     ${line}`);
}
