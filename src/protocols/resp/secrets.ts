/** Which arguments and replies hold a secret. */
import { itemAt } from '../../core/collections/present.ts';
import { HIDDEN, secretsAreShown } from '../../core/secrets.ts';
import type { RespCommand } from './frame.ts';
import { bare, type RespValue, textOf } from './value.ts';

export { HIDDEN } from '../../core/secrets.ts';

/** Configuration whose value is a secret. */
const SECRET_SETTINGS = new Set(['requirepass', 'masterauth', 'tls-key-file-pass', 'tls-client-key-file-pass']);

const upper = (arg: Buffer | undefined): string => arg?.toString('latin1', 0, 64).toUpperCase() ?? '';

function after(args: readonly Buffer[], word: string, count: number, hidden: Set<number>): void {
  for (let i = 0; i < args.length; i++) {
    if (upper(args[i]) === word) for (let j = 1; j <= count; j++) hidden.add(i + j);
  }
}

const MAY_HIDE = new Set(['AUTH', 'HELLO', 'CONFIG SET', 'ACL SETUSER', 'MIGRATE']);
const NOTHING: ReadonlySet<number> = new Set();

/** The indexes of the arguments (the name not counted) that must not be told. */
export function secretArgs(command: RespCommand): ReadonlySet<number> {
  if (!MAY_HIDE.has(command.name)) return NOTHING;
  const hidden = new Set<number>();
  if (secretsAreShown()) return hidden;
  const { args } = command;
  switch (command.name) {
    case 'AUTH':
      for (let i = 0; i < args.length; i++) hidden.add(i);
      break;
    case 'HELLO':
      after(args, 'AUTH', 2, hidden);
      break;
    case 'CONFIG SET':
      for (let i = 0; i < args.length; i += 2) {
        if (SECRET_SETTINGS.has(itemAt(args, i).toString('latin1', 0, 64).toLowerCase())) hidden.add(i + 1);
      }
      break;
    case 'ACL SETUSER':
      for (let i = 1; i < args.length; i++) if (/^[><#!]/.test(upper(args[i]))) hidden.add(i);
      break;
    case 'MIGRATE':
      after(args.slice(0, 12), 'AUTH', 1, hidden);
      after(args.slice(0, 12), 'AUTH2', 2, hidden);
      break;
  }
  return hidden;
}

/** The reply without what must not be told; the very same reply where it holds no secret. */
export function withoutSecrets(reply: RespValue, command: RespCommand | undefined): RespValue {
  if (command === undefined || secretsAreShown()) return reply;
  const { name } = command;
  if (name === 'ACL GETUSER' || name === 'ACL LIST' || name === 'ACL GENPASS') return hide(reply);
  if (name !== 'CONFIG GET') return reply;
  const inner = bare(reply);
  if (inner.type !== 'map' && inner.type !== 'array') return reply;
  const isSecret = (i: number): boolean =>
    i % 2 === 1 && SECRET_SETTINGS.has(textOf(inner.items[i - 1])?.toLowerCase() ?? '');
  if (!inner.items.some((_, i) => isSecret(i))) return reply;
  return { ...inner, items: inner.items.map((item, i) => (isSecret(i) ? hide(item) : item)) };
}

function hide(value: RespValue): RespValue {
  const { type } = bare(value);
  if (type === 'error' || type === 'bulk-error') return value;
  return { type: 'bulk', bytes: Buffer.from(HIDDEN), length: HIDDEN.length };
}
