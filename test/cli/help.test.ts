/** Help is reviewed like code, and what `list`, `explain` and `doctor` say holds. */
import { describe, expect, test } from 'vitest';
import { SERVICES } from '../../src/core/services.ts';
import { course } from '../../src/lab/scenario/course.ts';
import { msgplay } from '../helpers/cli.ts';
import { scenarios } from '../helpers/play.ts';

async function said(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await msgplay(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe('--help', () => {
  test('of msgplay, which it also prints where nobody can pick', async () => {
    const help = await said('--help');
    expect(help).toMatchInlineSnapshot(`
      "Usage: msgplay [options] [command]

      Shows what your messages really do: runs named scenarios on RabbitMQ, Redis,
      STOMP, WebSocket and HTTP, and traces every message off the wire.

      Options:
        -V, --version                     print the version
        -h, --help                        print this help

      Commands:
        list [--json]                     list the scenarios
        run <scenario|file>... [options]  run scenarios and print their trace
        play <demo.yml> [options]         perform a scripted demo: on stage, recorded,
                                          or as a gate in CI
        replay <run.ndjson> [options]     show a saved run again
        diff <a.ndjson> <b.ndjson>        compare two saved runs, peer by peer
        next [options]                    run the next lesson of the course
        explain <scenario|word>           the idea, a picture, what to look for, what
                                          to try; or what a word means
        new <name> [--ts|--js]            write a scenario of your own, and a test
                                          beside it
        up [service...] [options]         start servers and keep them until Ctrl-C
        schema [trace|demo|config]        the JSON Schema of a saved run, a demo, or
                                          settings
        completion <shell>                the script by which a shell completes what
                                          you type
        clean <url>... [options]          list and remove what killed runs left on
                                          servers
        doctor [--json]                   what can be used here, and how

      Examples:
        msgplay run pubsub                      one event, many subscribers
        msgplay run job-queue --crash           a worker dies, its job does not
        msgplay run job-queue --backend local   on a private RabbitMQ from this machine
        msgplay explain stomp-chat              what there is to see

      Exit codes: 0 all checks hold · 1 a check failed, or something stays behind · 2 usage · 3 a backend is not available,
      or went away · 4 timeout · 130 Ctrl-C (128 + signal) · 70 a bug of msgplay
      "
    `);
    expect(await said()).toBe(help);
    expect(await said('help')).toBe(help);
  });

  test('of run', async () => {
    const help = await said('run', '--help');
    expect(help).toMatchInlineSnapshot(`
      "Usage: msgplay run <scenario|file>... [scenario options] [options] [, <scenario>...]

      Runs scenarios and prints their trace.

      Arguments:
        scenario              names, or files of your own

      Options:
        --all                 run every scenario
        --tag <tag>           run those with this tag; msgplay list --json tells them
                              (repeatable)
        -j, --jobs <number>   run so many at a time; the output stays in order
        --repeat <number>     run each so often, with seeds 1, 2, 3, … unless --seed
                              chooses one
        --until-failure       repeat until something fails; --repeat is the most then
        --fail-fast           begin nothing more once something has failed
        --watch               run again each time that a file of yours is saved
        --step                stop at each step, and ask what will happen
        --answers <numbers>   the answers to what it asks, like 1,3,2; needs no
                              terminal
        --pause               stop at each step
        --strict-names        on a server of yours, end a run that makes something
                              under a name not from lab.name
        --show-secrets        hide no passwords and tokens
        --format <name>       asciicast, github, html, junit, lines, markdown,
                              mermaid, ndjson, otlp, pretty, svg, tap, or a file of
                              yours (default: pretty on a terminal, lines otherwise)
        --layer <name>        how near to look: story, message, frame, bytes (default:
                              story)
        --handshakes          show how connections begin and end
        --no-legend           leave out what the signs and words of the page mean
        --report <kind=file>  write a report to a file, too; may be given several
                              times
        --lang <language>     en or ko (default: by the locale)
        --web [port]          show it in a browser, too, while it happens; the URL
                              stands on stderr
        --pace <pace>         show it slowly: 1s for each event, or 10x slower than it
                              was
        --seed <number>       the same seed makes the same random choices (default: 1)
        --timeout <seconds>   the longest one run may take (default: 120)
        -h, --help            print this help

      Servers:
        --backend <name>      embedded, local or url; for one service: redis=local,
                              redis=embedded@7.0 (repeatable); embedded,local runs on
                              both and compares
        --profile <name>      settings of this name, from msgplay.config (env:
                              MSGPLAY_PROFILE)
        --rabbitmq-url <url>  your RabbitMQ (env: MSGPLAY_RABBITMQ_URL)
        --redis-url <url>     your Redis (env: MSGPLAY_REDIS_URL)
        --ws-url <url>        your WebSocket (env: MSGPLAY_WS_URL)
        --stomp-url <url>     your STOMP (env: MSGPLAY_STOMP_URL)
        --http-url <url>      your HTTP (env: MSGPLAY_HTTP_URL)

      Example:
        msgplay run job-queue --crash --backend local
      "
    `);
    expect(await said('help', 'run')).toBe(help);
  });

  test('of run, with the options of a scenario', async () => {
    const help = await said('run', 'job-queue', '--help');
    expect(/Options of job-queue:\n(.*?)\n\n/s.exec(help)?.[1]).toMatchInlineSnapshot(`
      "  --via <choice>        which broker has the queue (rabbitmq, redis; default
                              rabbitmq)
        --jobs <integer>      how many jobs the producer sends (1 to 1000, default 8)
        --workers <integer>   how many workers share the queue (1 to 20, default 2)
        --join <integer>      how many more workers join in the middle (0 to 10,
                              default 1)
        --prefetch <integer>  unacked jobs a worker may hold (0: no limit) (0 to 1000,
                              default 1)
        --crash               whoever takes job 1 dies in the middle of it"
    `);
  });

  test('of list', async () => {
    expect(await said('list', '--help')).toMatchInlineSnapshot(`
      "Usage: msgplay list [options]

      Lists the scenarios.

      Options:
        --json             as JSON
        --lang <language>  en or ko (default: by the locale)
        -h, --help         print this help

      Example:
        msgplay list --json
      "
    `);
  });

  test('of explain', async () => {
    expect(await said('explain', '--help')).toMatchInlineSnapshot(`
      "Usage: msgplay explain [options] [scenario|word...]

      Tells the idea of a scenario, what to look for in its trace, and what to try; or
      what a word means.

      Arguments:
        scenario|word      a name, a file, or a word of a page

      Options:
        --lang <language>  en or ko (default: by the locale)
        -h, --help         print this help

      Examples:
        msgplay explain job-queue
        msgplay explain prefetch
        msgplay explain 312
      "
    `);
  });

  test('of up', async () => {
    expect(await said('up', '--help')).toMatchInlineSnapshot(`
      "Usage: msgplay up [service[@version]...] [options]

      Starts servers and keeps them until Ctrl-C, for any client in any language.

      Arguments:
        service                  rabbitmq, redis, ws, stomp, http, of a version:
                                 redis@7.0 (default: all that can be started)

      Options:
        --port <service=number>  a fixed port, like redis=6380 (repeatable)
        --host <address>         an address for embedded servers to listen on
                                 (repeatable; default: loopback only)
        --password <text>        what clients have to know (default beyond loopback:
                                 made up, and printed)
        --allow-origin <origin>  pages that may come, like https://example.org
                                 (repeatable)
        --json                   print one line of JSON when all are ready
        --until-stdin-closes     end when stdin does, as a child of another program
        --web [port]             show it in a browser, too, while it happens; the URL
                                 stands on stderr
        --lang <language>        en or ko (default: by the locale)
        --backend <name>         embedded, local or url; for one service: redis=local,
                                 redis=embedded@7.0 (repeatable)
        --profile <name>         settings of this name, from msgplay.config (env:
                                 MSGPLAY_PROFILE)
        --rabbitmq-url <url>     your RabbitMQ (env: MSGPLAY_RABBITMQ_URL)
        --redis-url <url>        your Redis (env: MSGPLAY_REDIS_URL)
        --ws-url <url>           your WebSocket (env: MSGPLAY_WS_URL)
        --stomp-url <url>        your STOMP (env: MSGPLAY_STOMP_URL)
        --http-url <url>         your HTTP (env: MSGPLAY_HTTP_URL)
        -h, --help               print this help

      Example:
        msgplay up redis --port redis=6380
      "
    `);
  });

  test('of doctor', async () => {
    expect(await said('doctor', '--help')).toMatchInlineSnapshot(`
      "Usage: msgplay doctor [options]

      Says for each service and backend whether it can be used here, and what to do if
      not.

      Options:
        --json                as JSON: what can be used, then which settings hold and
                              what says so
        --profile <name>      settings of this name, from msgplay.config (env:
                              MSGPLAY_PROFILE)
        --rabbitmq-url <url>  your RabbitMQ (env: MSGPLAY_RABBITMQ_URL)
        --redis-url <url>     your Redis (env: MSGPLAY_REDIS_URL)
        --ws-url <url>        your WebSocket (env: MSGPLAY_WS_URL)
        --stomp-url <url>     your STOMP (env: MSGPLAY_STOMP_URL)
        --http-url <url>      your HTTP (env: MSGPLAY_HTTP_URL)
        -h, --help            print this help

      Example:
        msgplay doctor --redis-url redis://127.0.0.1:6379
      "
    `);
  });
});

test('--version', async () => {
  expect(await said('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('list', async () => {
  const text = await said('list');
  for (const { scenario, chapter, guide } of await course()) {
    const lines = text.split('\n').map((line) => line.trim().replace(/ {2,}/, '  '));
    expect(lines).toContain(chapter.title.en);
    expect(lines).toContain(`${scenario.name}  ${guide.en.title}`);
  }
});

test('list in Korean, as the locale asks', async () => {
  const { stdout } = await msgplay(['list'], { LC_ALL: '', LC_MESSAGES: '', LANG: 'ko_KR.UTF-8' });
  for (const { chapter, guide } of await course()) {
    expect(stdout).toContain(chapter.title.ko);
    expect(stdout).toContain(guide.ko.title);
  }
});

test('list --json', async () => {
  const listed = JSON.parse(await said('list', '--json'));
  const all = await course();
  expect(listed).toEqual(
    all.map(({ scenario: { name, options }, chapter, guide }, index) => ({
      name,
      title: { en: guide.en.title, ko: guide.ko.title },
      chapter: chapter.title,
      order: index + 1,
      tags: expect.arrayContaining([chapter.name.replace(/^\d+-/, '')]),
      options,
      needs: expect.any(Array),
    })),
  );
  expect(listed.find((one: { name: string }) => one.name === 'pubsub').needs).toEqual(['rabbitmq', 'redis']);
});

test.each((await scenarios()).map(({ name }) => name))('explain %s', async (name) => {
  const text = await said('explain', name);
  for (const heading of ['What to look for', 'Options', 'What to try']) {
    expect(text).toMatch(new RegExp(`^${heading}$`, 'm'));
  }
  expect(text).toMatch(new RegExp(`^  msgplay run ${name}`, 'm'));
});

describe('doctor', () => {
  test('says for each service and backend whether it can be used, and if not what to do', async () => {
    const findings = JSON.parse(await said('doctor', '--json')) as Record<string, unknown>[];
    for (const service of SERVICES) {
      expect(findings).toContainEqual(expect.objectContaining({ service, backend: 'embedded', available: true }));
      expect(findings).toContainEqual({
        service,
        backend: 'url',
        available: false,
        why: 'no URL is named',
        hint: `name it with --${service}-url or MSGPLAY_${service.toUpperCase()}_URL`,
      });
    }
    expect(findings.filter(({ backend }) => backend === 'local').length).toBe(3);
  });

  test('names what this version of Node lacks, and what that means', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isOlder = (than: number, minorThan = 0) => major < than || (major === than && minor < minorThan);
    const [first = '', ...lines] = (await said('doctor')).split('\n');
    expect(first).toBe(`Node ${process.version}`);
    const lacking = lines
      .slice(0, lines.indexOf(''))
      .map((line) => /^ {2}without (.+) \(Node (.+) has it\): .+/.exec(line));
    expect(lacking.map((match) => match?.slice(1))).toEqual([
      ...(isOlder(22, 1) ? [['a compile cache', '22.1']] : []),
      ...(isOlder(22, 18) ? [['TypeScript', '22.18']] : []),
      ...(isOlder(24) ? [['`using`', '24']] : []),
    ]);
  });

  test('knocks at what is named, and tells no password', async () => {
    const { code, stdout, stderr } = await msgplay(['doctor', '--redis-url', 'redis://u:secret@127.0.0.1:1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✗ +Redis +url +Redis is not there: nothing listens at 127.0.0.1:1/);
    expect(stdout + stderr).not.toContain('secret');
  });
});
