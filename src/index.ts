/** The public API: what a scenario file needs. */
export type { Json } from './core/json.ts';
export type { Service } from './core/services.ts';
export type { OptionSpec, OptionSpecs, OptionValues } from './lab/options.ts';
export { defineScenario, type Explanation, type Lab, type Scenario } from './lab/scenario.ts';
