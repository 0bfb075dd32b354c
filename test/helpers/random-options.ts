/** Random options of a scenario, as they would be typed; the same ones each time. */

import { seededRandom } from '../../src/lab/random.ts';
import type { NumberOption, OptionSpec } from '../../src/lab/scenario/options.ts';
import type { Scenario } from '../../src/lab/scenario/scenario.ts';

/** More than a scenario does by default, but not so much more that it takes long. */
const MORE = 5;

/** So many combinations, whether the scenario accepts them or not. */
export function randomOptions(
  { options }: Pick<Scenario, 'options'>,
  count: number,
  seed = 1,
): Record<string, string>[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () =>
    Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, typed(spec, random)])),
  );
}

function typed(spec: OptionSpec, random: () => number): string {
  switch (spec.type) {
    case 'flag':
      return String(random() < 0.5);
    case 'choice':
      return spec.choices[Math.floor(random() * spec.choices.length)] ?? spec.default;
    case 'integer':
      return String(Math.floor(within(spec, random() * 1.001)));
    case 'number':
      return String(within(spec, random()));
    case 'text':
      // Longer than any name may be.
      return random() < 0.1 ? 'x'.repeat(300) : spec.default;
  }
}

/** The bounds themselves are the likeliest to go wrong, so the least comes often. */
function within({ min, max, default: usual }: NumberOption, random: number): number {
  const most = Math.min(max, Math.max(usual, min) + MORE);
  return Math.min(most, Math.max(min, min + (most + 1 - min) * (random * 1.2 - 0.2)));
}
