/** What to try after a run. */
import { flagOf, type OptionSpecs, type OptionValues } from './options.ts';
import type { Scenario } from './scenario.ts';

/** The first command line of the scenario's that is not what was just run. */
export function nextToTry({ explain }: Scenario, options: OptionValues<OptionSpecs>): string[] {
  const tried = (command: string): boolean => {
    const words = command.split(' ');
    const flags = words.filter((word) => word.startsWith('--'));
    return flags.every((flag) => {
      const value = Object.entries(options).find(([name]) => flagOf(name) === flag)?.[1];
      return value === true || (value !== undefined && String(value) === words[words.indexOf(flag) + 1]);
    });
  };
  return (explain?.try ?? [])
    .map(({ command }) => command)
    .filter((command) => !tried(command))
    .slice(0, 1);
}
