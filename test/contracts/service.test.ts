/** What every service promises, and that a new one takes what CONTRIBUTING says: a row, files, and no edit elsewhere. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import embedded from '../../src/backends/embedded.ts';
import { listNames, loadNamed } from '../../src/core/catalogue.ts';
import { factsOf, isService, SERVICES } from '../../src/core/services.ts';
import { addressOf, parseServiceUrl } from '../../src/core/urls.ts';
import type { Protocol } from '../../src/protocols/protocol.ts';
import { knock } from '../../src/services/knock.ts';
import { loadServices } from '../../src/services/service.ts';
import type { Tale } from '../../src/story/teller.ts';

const source = (path: string) => new URL(`../../src/${path}`, import.meta.url);
const services = await loadServices();

it('every file of src/services is a service with a row, and every row has a file', async () => {
  const files = await listNames(source('services/'), ['service', 'knock']);
  expect(files).toEqual([...SERVICES].sort());
});

describe.each([...services])('the service %s', (name, service) => {
  it('has plain facts that fit together', () => {
    const { title, plain, tls, variable } = factsOf(name);
    expect(isService(name)).toBe(true);
    expect(title).not.toBe('');
    expect(variable).toMatch(/^MSGPLAY_[A-Z]+_URL$/);
    for (const { scheme, port } of [plain, tls]) {
      const url = parseServiceUrl(name, `${scheme}://localhost`);
      expect(addressOf(name, url)).toEqual({ host: 'localhost', port, tls: scheme === tls.scheme });
    }
  });

  it('speaks protocols that can be read, and whose messages can be followed', async () => {
    for (const protocol of service.protocols) {
      await loadNamed<Protocol>(source(`protocols/${protocol}/`), 'index', protocol);
      await loadNamed<Tale>(source('story/tales/'), protocol);
    }
  });

  it('knows when it is there: at the embedded server', async () => {
    const signal = new AbortController().signal;
    const started = await embedded.start({ services: [name], urls: {}, ports: {}, progress: () => {}, signal });
    try {
      const [endpoint] = started.endpoints;
      expect(await knock(service, parseServiceUrl(name, endpoint?.url ?? ''))).not.toBe('');
    } finally {
      await started.close();
    }
  });

  it('names client libraries that come with msgplay', async () => {
    const { dependencies } = JSON.parse(await readFile(source('../package.json'), 'utf8'));
    for (const client of service.clients) expect(Object.keys(dependencies)).toContain(client);
  });

  it('takes note only of names that are the run’s', async () => {
    const nothing = { isOurs: () => false, declared: () => {}, foreign: () => {} };
    const watcher = service.leftovers?.watcher(nothing);
    // Nothing was noted, so nothing is connected to.
    expect((await watcher?.items(`${factsOf(name).plain.scheme}://127.0.0.1:1`)) ?? []).toEqual([]);
  });
});

describe('a new protocol with its service', () => {
  let copy: string | undefined;
  afterAll(() => copy && rm(copy, { recursive: true, force: true }));

  it('is a codec folder, a tale, a server, a service and a row', { timeout: 180_000 }, async () => {
    copy = await mkdtemp(join(tmpdir(), 'msgplay-recipe-'));
    const root = fileURLToPath(source('../'));
    for (const part of ['bin', 'package.json', 'scenarios', 'src', 'tools', 'tsconfig.build.json', 'tsconfig.json'])
      await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    const steps = {
      'protocol.js': 'src/protocols/line/index.ts',
      'tale.js': 'src/story/tales/line.ts',
      'server.js': 'src/servers/line/index.ts',
      'service.js': 'src/services/line.ts',
      'scenario.js': 'echo-line.js',
    };
    for (const [step, path] of Object.entries(steps)) {
      await mkdir(join(copy, path, '..'), { recursive: true });
      await cp(fileURLToPath(new URL(`./recipe/line/${step}`, import.meta.url)), join(copy, path));
    }
    const table = join(copy, 'src/core/services.ts');
    const row = `line: { title: 'Line', plain: { scheme: 'line', port: 7 }, tls: { scheme: 'lines', port: 8 }, variable: 'MSGPLAY_LINE_URL' },`;
    const rows = await readFile(table, 'utf8');
    await writeFile(table, rows.replace('const ROWS = {', `const ROWS = { ${row}`));

    const node = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8', cwd: copy });
    const msgplay = (...args: string[]) => node('bin/msgplay.js', ...args);
    expect(node('tools/build.js')).toMatchObject({ status: 0, stderr: '' });
    const { stdout, stderr, status } = msgplay('run', 'echo-line.js', '--layer', 'frame', '--format', 'ndjson');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const events = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const frames = events.filter(({ type }) => type === 'frame');
    expect(frames.map(({ protocol, peer, from, summary }) => [protocol, peer, from, summary])).toEqual([
      ['line', 'speaker', 'client', 'hello'],
      ['line', 'speaker', 'server', 'hello'],
    ]);
    expect(msgplay('doctor').stdout).toContain('Line');
    expect(msgplay('run', '--help').stdout).toContain('--line-url');
  });
});
