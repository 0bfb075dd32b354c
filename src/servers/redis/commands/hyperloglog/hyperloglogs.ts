/** HyperLogLog. Commands from https://redis.io/docs/latest/commands/?group=hyperloglog */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { notHere, ReplyError } from '../../errors.ts';
import {
  cachedEstimate,
  cacheEstimate,
  createHyperLogLog,
  estimate,
  forgetEstimate,
  isDense,
  isHyperLogLog,
  placeOf,
  raise,
  registersOf,
  toDense,
} from '../../values/hyperloglog.ts';
import { StringValue } from '../../values/string.ts';

const NOT_ONE = new ReplyError('WRONGTYPE Key is not a valid HyperLogLog string value.');
const DAMAGED = new ReplyError('INVALIDOBJ Corrupted HLL object detected');

/** The bytes of a HyperLogLog, or undefined where there is no key. */
function open(s: Session, key: string): Buffer | undefined {
  const value = s.db.write(key, StringValue);
  if (value === undefined) return undefined;
  const bytes = Buffer.from(value.view());
  if (!isHyperLogLog(bytes)) throw NOT_ONE;
  return bytes;
}

function registers(bytes: Buffer): Uint8Array {
  const all = registersOf(bytes);
  if (all === undefined) throw DAMAGED;
  return all;
}

/** Raises registers to those of another HyperLogLog. */
function raiseAll(all: Uint8Array, others: Uint8Array): void {
  for (const [i, value] of others.entries()) if (value > (all[i] ?? 0)) all[i] = value;
}

function close(s: Session, key: string, bytes: Buffer): void {
  const value = s.db.find(key);
  const text = bytes.toString('latin1');
  if (value instanceof StringValue) value.replace(text);
  else s.db.set(key, new StringValue(text, 'raw'));
  s.db.changed(key, s.db.find(key), '$', 'pfadd');
}

export function pfadd(s: Session, a: Args<-2>): void {
  const existing = open(s, a[1]);
  let bytes = existing ?? createHyperLogLog();
  let changed = existing === undefined;
  for (const element of a.slice(2)) {
    const [index, value] = placeOf(element);
    const raised = raise(bytes, index, value);
    if (raised === undefined) continue;
    bytes = raised;
    changed = true;
  }
  if (changed) {
    forgetEstimate(bytes);
    close(s, a[1], bytes);
  }
  s.out.integer(changed ? 1 : 0);
}

export function pfcount(s: Session, a: Args<-2>): void {
  if (a.length > 2) {
    const all = new Uint8Array(16384);
    for (const key of a.slice(1)) {
      const bytes = open(s, key);
      if (bytes !== undefined) raiseAll(all, registers(bytes));
    }
    s.out.integer(estimate(all));
    return;
  }
  const bytes = open(s, a[1]);
  if (bytes === undefined) {
    s.out.integer(0);
    return;
  }
  const cached = cachedEstimate(bytes);
  if (cached !== undefined) {
    s.out.integer(cached);
    return;
  }
  const count = estimate(registers(bytes));
  cacheEstimate(bytes, count);
  const value = s.db.find(a[1]) as StringValue;
  value.replace(bytes.toString('latin1'));
  s.db.touch(a[1], value);
  s.out.integer(count);
}

export function pfmerge(s: Session, a: Args<-2>): void {
  const all = new Uint8Array(16384);
  let dense = false;
  for (const key of a.slice(1)) {
    const bytes = open(s, key);
    if (bytes === undefined) continue;
    if (isDense(bytes)) dense = true;
    raiseAll(all, registers(bytes));
  }
  let target = open(s, a[1]) ?? createHyperLogLog();
  if (dense) target = toDense(target);
  for (const [i, value] of all.entries()) if (value > 0) target = raise(target, i, value) ?? target;
  forgetEstimate(target);
  close(s, a[1], target);
  s.ok();
}

export function pfdebug(s: Session, a: Args<3>): void {
  const bytes = open(s, a[2]);
  if (bytes === undefined) throw new ReplyError('ERR The specified key does not exist');
  switch (a[1].toUpperCase()) {
    case 'ENCODING':
      s.simple(isDense(bytes) ? 'dense' : 'sparse');
      break;
    case 'TODENSE':
      s.out.integer(isDense(bytes) ? 0 : 1);
      close(s, a[2], toDense(bytes));
      break;
    case 'GETREG': {
      const all = registers(bytes);
      close(s, a[2], toDense(bytes));
      s.out.array(all.length);
      for (const value of all) s.out.integer(value);
      break;
    }
    default:
      throw notHere(`PFDEBUG ${a[1]}`);
  }
}

export function pfselftest(s: Session): void {
  s.ok();
}
