import { describe, expect, test } from 'vitest';
import { Restart } from '../../../src/lab/servers/_restart.ts';
import type { Reader } from '../../../src/tap/tap.ts';

function set(old: number[]): { heard: string[]; restart: Restart; fresh: (name: string) => Reader } {
  const heard: string[] = [];
  const restart = new Restart(old, () => heard.push('restarted'));
  const fresh = (name: string): Reader =>
    restart.reader({
      conversation: {
        push: (from, chunk) => {
          if (String(chunk) === 'nonsense') throw new Error('not decodable');
          heard.push(`${name} ${from}: ${chunk}`);
        },
        end: (from) => heard.push(`${name} ${from} ends`),
      },
      fault: (from, error) => heard.push(`${name} ${from}: ${(error as Error).message}`),
      ending: () => heard.push(`${name} is ending`),
      closed: (by) => heard.push(`${name} closed by ${by}`),
    });
  return { heard, restart, fresh };
}

describe('a restart', () => {
  test('stands between the last of the old connections and the first that a new one says', () => {
    const { heard, restart, fresh } = set([1, 2]);
    const one = fresh('one');
    restart.gone(1);
    const chunk = Buffer.from('hello');
    one.conversation.push('client', chunk);
    chunk.fill('x');
    one.conversation.end('client');
    const two = fresh('two');
    two.ending?.();
    two.closed('server');
    restart.gone(7);
    expect(heard).toEqual([]);
    restart.gone(2);
    expect(heard).toEqual(['restarted', 'one client: hello', 'one client ends', 'two closed by server']);
    one.conversation.push('server', Buffer.from('at once'));
    restart.tell();
    one.ending?.();
    expect(heard.slice(4)).toEqual(['one server: at once', 'one is ending']);
  });

  test('is told once, at the latest when the server is back', async () => {
    const { heard, restart } = set([1]);
    restart.gone(1);
    await restart.oldAreGone;
    expect(heard).toEqual([]);
    restart.tell();
    restart.tell();
    restart.release();
    expect(heard).toEqual(['restarted']);
  });

  test('is told before a new connection speaks where no old one is left', () => {
    const { heard, fresh } = set([]);
    fresh('one').conversation.push('client', Buffer.from('hello'));
    expect(heard).toEqual(['restarted', 'one client: hello']);
  });

  test('that failed is not told', () => {
    const { heard, restart, fresh } = set([1]);
    fresh('one').conversation.push('client', Buffer.from('hello'));
    restart.release();
    expect(heard).toEqual(['one client: hello']);
  });

  test('what was kept and cannot be decoded is a fault of its side only', () => {
    const { heard, restart, fresh } = set([1]);
    const { conversation } = fresh('one');
    for (const text of ['nonsense', 'more']) conversation.push('client', Buffer.from(text));
    conversation.push('server', Buffer.from('hello'));
    restart.gone(1);
    expect(heard).toEqual(['restarted', 'one client: not decodable', 'one server: hello']);
  });

  test('keeps no more than it may', () => {
    const { heard, restart, fresh } = set([1]);
    const { conversation } = fresh('one');
    for (let count = 0; count < 20; count++) conversation.push('client', Buffer.alloc(1024 * 1024, 'x'));
    restart.gone(1);
    expect(heard.length).toBe(1 + 8 + 1);
    expect(heard.at(-1)).toBe('one client: too many bytes came while a server restarted');
  });
});
