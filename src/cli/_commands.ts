/** The commands, as a table of contents: for help, for the man page, and for shells that complete them. */

export const ABOUT =
  'Shows what your messages really do: runs named scenarios on RabbitMQ, Redis, STOMP, WebSocket and HTTP, and traces every message off the wire.';

export const EXIT_CODES = `0 all checks hold · 1 a check failed, or something stays behind · 2 usage · 3 a backend is not available,
or went away · 4 timeout · 130 Ctrl-C (128 + signal) · 70 a bug of msgplay`;

export type Handler = (args: readonly string[]) => Promise<number>;

export interface LazyCommand {
  readonly usage: string;
  readonly about: string;
  /** It takes the options of this other command. */
  readonly like?: string;
  /** For programs, not for people. */
  readonly hidden?: true;
  /** Each command loads when it is used, and parses its own arguments. */
  readonly load: () => Promise<Handler>;
}

export const COMMANDS: { readonly [name: string]: LazyCommand } = {
  list: {
    usage: '[--json]',
    about: 'list the scenarios',
    load: async () => (await import('./list.ts')).list,
  },
  run: {
    usage: '<scenario|file>... [options]',
    about: 'run scenarios and print their trace',
    load: async () => (await import('./run.ts')).runCommand,
  },
  play: {
    usage: '<demo.yml> [options]',
    about: 'perform a scripted demo: on stage, recorded, or as a gate in CI',
    load: async () => (await import('./play.ts')).playCommand,
  },
  replay: {
    usage: '<run.ndjson> [options]',
    about: 'show a saved run again',
    load: async () => (await import('./replay.ts')).replay,
  },
  diff: {
    usage: '<a.ndjson> <b.ndjson>',
    about: 'compare two saved runs, peer by peer',
    load: async () => (await import('./diff.ts')).diff,
  },
  next: {
    usage: '[options]',
    about: 'run the next lesson of the course',
    like: 'run',
    load: async () => (await import('./next.ts')).next,
  },
  explain: {
    usage: '<scenario|word>',
    about: 'the idea, a picture, what to look for, what to try; or what a word means',
    load: async () => (await import('./explain.ts')).explain,
  },
  new: {
    usage: '<name> [--ts|--js]',
    about: 'write a scenario of your own, and a test beside it',
    load: async () => (await import('./new.ts')).newScenario,
  },
  up: {
    usage: '[service...] [options]',
    about: 'start servers and keep them until Ctrl-C',
    load: async () => (await import('./up.ts')).up,
  },
  schema: {
    usage: '[trace|demo|config]',
    about: 'the JSON Schema of a saved run, a demo, or settings',
    load: async () => (await import('./schema.ts')).schema,
  },
  completion: {
    usage: '<shell>',
    about: 'the script by which a shell completes what you type',
    load: async () => (await import('./completion.ts')).completion,
  },
  complete: {
    usage: '-- <words>...',
    about: 'what those scripts ask',
    hidden: true,
    load: async () => (await import('./completion.ts')).complete,
  },
  clean: {
    usage: '<url>... [options]',
    about: 'list and remove what killed runs left on servers',
    load: async () => (await import('./clean.ts')).clean,
  },
  doctor: {
    usage: '[--json]',
    about: 'what can be used here, and how',
    load: async () => (await import('./doctor.ts')).doctor,
  },
};
