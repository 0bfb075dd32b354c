/** Parts of strings: APPEND, GETRANGE, SETRANGE. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError } from '../../errors.ts';
import { integer } from '../../numbers.ts';
import { StringValue } from '../../values/string.ts';

function tooLong(s: Session, length: number): void {
  if (length > s.keyspace.settings.protoMaxBulkLen) {
    throw new ReplyError('ERR string exceeds maximum allowed size (proto-max-bulk-len)');
  }
}

export function append(s: Session, a: Args<3>): void {
  const key = a[1];
  const value = s.db.write(key, StringValue);
  if (value === undefined) {
    s.db.set(key, new StringValue(a[2]));
    s.db.notify('$', 'append', key);
    s.out.integer(a[2].length);
    return;
  }
  tooLong(s, value.length + a[2].length);
  value.append(a[2]);
  s.db.changed(key, value, '$', 'append');
  s.out.integer(value.length);
}

export function strlen(s: Session, a: Args<2>): void {
  s.out.integer(s.db.read(a[1], StringValue)?.length ?? 0);
}

export function getrange(s: Session, a: Args<4>): void {
  let start = integer(a[2]);
  let end = integer(a[3]);
  const value = s.db.read(a[1], StringValue);
  const length = value?.length ?? 0;
  if (start < 0 && end < 0 && start > end) {
    s.bulk('');
    return;
  }
  if (start < 0) start = Math.max(0, length + start);
  if (end < 0) end = Math.max(0, length + end);
  s.bulk(value === undefined || start > end || length === 0 ? '' : value.slice(start, Math.min(length, end + 1)));
}

export function setrange(s: Session, a: Args<4>): void {
  const key = a[1];
  const offset = integer(a[2]);
  if (offset < 0) throw new ReplyError('ERR offset is out of range');
  const value = s.db.write(key, StringValue);
  const text = a[3];
  if (text === '') {
    s.out.integer(value?.length ?? 0);
    return;
  }
  tooLong(s, offset + text.length);
  const target = value ?? new StringValue('');
  const bytes = target.bytes(Math.max(target.length, offset + text.length));
  bytes.write(text, offset, 'latin1');
  if (value === undefined) s.db.set(key, target);
  s.db.changed(key, target, '$', 'setrange');
  s.out.integer(target.length);
}
