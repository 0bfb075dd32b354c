/** Random programs. */
import fc from 'fast-check';
import { type Arb, exchange, pattern, queue } from './names.ts';
import type { Program } from './program.ts';
import { scenes } from './scenes.ts';
import type { Style } from './steps.ts';
import { exchangeTraits, queueTraits } from './traits.ts';

function programOf(style: Style): Arb<Program> {
  return fc
    .tuple(anyProgram(style), fc.constantFrom(false, false, true))
    .map(([program, isNarrow]) => (isNarrow ? narrowed(program) : program));
}

/** The same at one queue, where all meet. */
function narrowed(program: Program): Program {
  const { queues, bindings, steps } = program;
  const atOne = <T>(things: T): T => JSON.parse(JSON.stringify(things).replace(/\bq[23]\b/g, 'q1'));
  return { ...program, queues: atOne(queues.slice(0, 1)), bindings: atOne(bindings), steps: atOne(steps) };
}

function anyProgram(style: Style): Arb<Program> {
  const { isConcurrent } = style;
  return fc.record({
    queues: fc.array(queueTraits(style), { minLength: 1, maxLength: 3, size: 'max' }),
    exchanges: fc.array(exchangeTraits, { minLength: 2, maxLength: 2 }),
    bindings: fc.array(fc.record({ exchange, queue, key: pattern }), { maxLength: 4, size: 'max' }),
    version: fc.constantFrom('1.2' as const, '1.1' as const, '1.0' as const),
    losesLastWords: fc.boolean(),
    steps: scenes(style),
    ending: isConcurrent
      ? fc.constantFrom('orderly' as const, 'cut' as const, 'cut unread' as const)
      : fc.constant('orderly' as const),
    isAwaited: fc.constant(!isConcurrent),
  });
}

/** Programs in which every step is answered before the next. */
export const awaited: Arb<Program> = programOf({ isTimed: false, isConcurrent: false });

/** Programs that wait for little. */
export const concurrent: Arb<Program> = fc.boolean().chain((isTimed) => programOf({ isTimed, isConcurrent: true }));

/** Programs that wait for little, and in which nothing goes by the clock. */
export const untimed: Arb<Program> = programOf({ isTimed: false, isConcurrent: true });
