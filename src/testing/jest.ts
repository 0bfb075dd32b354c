/**
 * `msgplay/test/jest`, a test environment for Jest: that of Node, with a lab for each test file as the global `lab`, its
 * URLs in the environment before your application is loaded, and a new story for each test.
 *
 * @example
 * // jest.config.js
 * module.exports = { testEnvironment: 'msgplay/test/jest' };
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { optionsFrom, variablesOf } from './environment.ts';
import { startLab } from './start-lab.ts';

/** What is used of Jest. https://jestjs.io/docs/configuration#testenvironment-string */
interface Environment {
  readonly global: { [name: string]: unknown; readonly process: NodeJS.Process };
  setup(): Promise<void>;
  teardown(): Promise<void>;
  handleTestEvent?(event: { readonly name: string }, state: unknown): void | Promise<void>;
}

interface Config {
  readonly projectConfig: { readonly rootDir: string };
}

type EnvironmentClass = new (config: Config, context: unknown) => Environment;

/** Jest constructs one for each test file, outside of the test's own globals. Throws a UsageError where it has no base. */
export default function LabEnvironment(config: Config, context: unknown): Environment {
  const Base = nodeEnvironment(config.projectConfig.rootDir);
  return withLab(new Base(config, context));
}

function withLab(environment: Environment): Environment {
  const { global } = environment;
  const setup = environment.setup.bind(environment);
  const teardown = environment.teardown.bind(environment);
  const handle = environment.handleTestEvent?.bind(environment);
  let lab: Awaited<ReturnType<typeof startLab>> | undefined;
  return Object.assign(environment, {
    async setup() {
      await setup();
      lab = await startLab(optionsFrom(process.env));
      global.lab = lab;
      Object.assign(global.process.env, variablesOf(lab));
    },
    async handleTestEvent(event: { readonly name: string }, state: unknown) {
      await handle?.(event, state);
      if (event.name === 'test_done') await lab?.reset();
    },
    async teardown() {
      delete global.lab;
      await lab?.close();
      await teardown();
    },
  });
}

/** The one of the project's Jest, which this package does not depend on. */
function nodeEnvironment(rootDir: string): EnvironmentClass {
  const name = 'jest-environment-node';
  try {
    const loaded = createRequire(join(rootDir, 'package.json'))(name) as { readonly TestEnvironment: EnvironmentClass };
    return loaded.TestEnvironment;
  } catch (cause) {
    throw new UsageError(`msgplay/test/jest needs ${name}.`, { hint: `npm install --save-dev ${name}`, cause });
  }
}
