/** `msgplay doctor`: what can be used here, and how. */
import type { Availability } from '../backends/backend.ts';
import { SERVICE_TITLES, SERVICES, type Service } from '../core/services.ts';
import { plainTable } from '../core/text/columns.ts';
import { printable, printableJson } from '../core/text/printable.ts';
import { backendNames, loadBackend } from '../lab/servers/provision.ts';
import { command, parse } from './_command.ts';
import { leftAt } from './clean.ts';
import { addUrlFlags, type BackendFlags, backendChoice } from './flags/backend-flags.ts';
import { print } from './output/output.ts';
import { styled } from './output/terminal.ts';
import { lacks } from './running/engine.ts';
import { applySettings, type Origin, settingName } from './settings/apply.ts';

interface Finding {
  readonly service: Service;
  readonly backend: string;
  readonly availability: Availability;
}

export async function doctor(args: readonly string[]): Promise<number> {
  const parser = command(
    'doctor',
    'Says for each service and backend whether it can be used here, and what to do if not.',
  );
  parser.option('--json', 'as JSON: what can be used, then which settings hold and what says so');
  addUrlFlags(parser);
  parser.addHelpText('after', '\nExample:\n  msgplay doctor --redis-url redis://127.0.0.1:6379');
  const parsed = parse(parser, args);
  const origins = await applySettings(parsed);
  const flags = parsed.opts<BackendFlags & { json?: true }>();
  const { urls } = backendChoice(flags);

  const backends = await Promise.all((await backendNames()).map(loadBackend));
  const findings = await Promise.all(
    SERVICES.flatMap((service) =>
      backends
        .filter((backend) => backend.services.includes(service))
        .map(async (backend): Promise<Finding> => {
          return { service, backend: backend.name, availability: await backend.probe(service, urls) };
        }),
    ),
  );
  const shown = origins.filter(({ name }) => name !== 'json');
  print(flags.json ? `${printableJson([...findings.map(toJson), ...shown.map(originJson)], 2)}\n` : toText(findings));
  if (!flags.json) {
    print(originsText(shown));
    for (const told of await leftAt(urls)) print(`\n${told}\n`);
  }
  return 0;
}

function toJson({ service, backend, availability }: Finding): object {
  return { service, backend, ...availability };
}

function toText(findings: readonly Finding[]): string {
  const rows = findings.map(({ service, backend, availability }) => [
    availability.available ? styled('green', '✓') : styled('red', '✗'),
    SERVICE_TITLES[service],
    backend,
    availability.available
      ? printable([availability.version, availability.detail].filter(Boolean).join(' · '))
      : `${printable(availability.why)}; ${styled('dim', printable(availability.hint))}`,
  ]);
  return `${[...engine(), '', ...plainTable([], rows)].join('\n')}\n`;
}

/** The version of Node, and what a newer one would bring. */
function engine(): string[] {
  const lines = lacks().map(({ what, since, means }) => `  without ${what} (Node ${since} has it): ${means}`);
  return [`Node ${process.version}`, ...lines];
}

/** `setting` is called as in a file of settings, a URL's by its service. */
function originJson({ name, value, from }: Origin): object {
  const service = SERVICES.find((one) => `${one}Url` === name);
  return { setting: service === undefined ? name : `urls.${service}`, value, from };
}

/** Which settings hold here, and what says so. */
function originsText(origins: readonly Origin[]): string {
  if (origins.length === 0) return '';
  const rows = origins.map(({ name, value, from }) => [settingName(name), printable(value), printable(from)]);
  return `\n${plainTable(['setting', 'value', 'from'], rows).join('\n')}\n`;
}
