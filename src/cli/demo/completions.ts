/** What editors are told of the scenarios that come with msgplay. */
import { flagOf, type OptionSpec } from '../../lab/scenario/options.ts';
import type { Schema } from '../documents/shape.ts';
import { summaries } from '../written/summaries.ts';
import { demoSchema } from './demo.ts';

export async function demoSchemaOfAll(): Promise<Schema> {
  const scenarios = (await summaries()).map(({ name, title, options }) => ({
    name,
    title: title.en,
    options: {
      properties: Object.fromEntries(Object.entries(options).map(([option, spec]) => [keyOf(option), schemaOf(spec)])),
      additionalProperties: false,
    },
  }));
  return demoSchema(scenarios);
}

/** What a demo calls an option: its flag without the dashes. */
export function keyOf(option: string): string {
  return flagOf(option).slice(2);
}

function schemaOf(spec: OptionSpec): Schema {
  const { help: description } = spec;
  switch (spec.type) {
    case 'flag':
      return { type: 'boolean', description };
    case 'choice':
      return { enum: spec.choices, default: spec.default, description };
    case 'text':
      return { type: ['string', 'number'], default: spec.default, description };
    default:
      return { type: spec.type, minimum: spec.min, maximum: spec.max, default: spec.default, description };
  }
}
