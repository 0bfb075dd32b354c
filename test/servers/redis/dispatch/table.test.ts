import { describe, expect, expectTypeOf, it } from 'vitest';
import { GROUPS } from '../../../../src/servers/redis/commands/index.ts';
import { type Args, fits } from '../../../../src/servers/redis/dispatch/args.ts';
import type { Command, Handler } from '../../../../src/servers/redis/dispatch/command.ts';
import { keysOf } from '../../../../src/servers/redis/dispatch/keys.ts';
import { row, tableOf } from '../../../../src/servers/redis/dispatch/table.ts';

describe('arities', () => {
  it('give handlers tuples', () => {
    expectTypeOf<Args<2>>().toEqualTypeOf<readonly [string, string]>();
    expectTypeOf<Args<-2>>().toEqualTypeOf<readonly [string, string, ...string[]]>();
    expectTypeOf<Args<number>>().toEqualTypeOf<readonly string[]>();
    const three: Handler<3> = () => {};
    // @ts-expect-error a command of two arguments does not give three
    row('two', 2, '', '', three);
  });

  it('are exact, or the least where they are negative', () => {
    expect([fits(2, 2), fits(2, 3), fits(-2, 1), fits(-2, 2), fits(-2, 9)]).toEqual([true, false, false, true, true]);
  });
});

describe('the table', () => {
  const run: Handler<number> = () => {};
  const table = tableOf([
    {
      name: 'test',
      rows: [
        row('plain', -2, 'write fast @test ~tip +unqueued', 'RW@1', run),
        row('outer', -2, '', '', undefined),
        row('outer|inner', 3, 'readonly', 'RO@2', run),
        row('words', -2, '', 'RO@1; OW@?STORE,-2', run),
        row('counted', -3, '', 'RO@1#0,1,1', run),
      ],
    },
  ]);
  const command = (name: string): Command => {
    const found = table.get(name);
    if (found === undefined) throw new Error(`no command ${name}`);
    return found;
  };

  it('says what flags, categories, tips and facts a row has', () => {
    const { flags, categories, tips, write, unqueued, range } = command('plain');
    expect([[...flags], [...categories], tips]).toEqual([['write', 'fast'], ['@test', '@write', '@fast'], ['tip']]);
    expect([write, unqueued, range]).toEqual([true, true, [1, 1, 1]]);
  });

  it('puts subcommands into their container', () => {
    expect([...table.keys()]).not.toContain('outer|inner');
    expect(command('outer').subcommands?.get('inner')).toMatchObject({ name: 'outer|inner', arity: 3 });
  });

  it('finds keys by index, by word from the end, and by count', () => {
    const found = (name: string, ...args: string[]) => keysOf(command(name), [name, ...args])?.map(({ key }) => key);
    expect(found('plain', 'a', 'b')).toEqual(['a']);
    expect(found('words', 'a', 'STORE', 'b', 'store', 'c')).toEqual(['a', 'c']);
    expect(found('words', 'a', 'store')).toEqual(['a']);
    expect(found('counted', '2', 'a', 'b', 'c')).toEqual(['a', 'b']);
    expect(found('counted', '4', 'a', 'b', 'c')).toBeUndefined();
  });

  it('knows each command once, and what each of them does', () => {
    const names = GROUPS.flatMap(({ rows }) => rows.map(({ name }) => name));
    expect(names.length).toBe(new Set(names).size);
    const idle = GROUPS.flatMap(({ rows }) => rows).filter(({ run: handler }) => handler === undefined);
    for (const { name } of idle) expect(names.some((other) => other.startsWith(`${name}|`))).toBe(true);
  });
});
