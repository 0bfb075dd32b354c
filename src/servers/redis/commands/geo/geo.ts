/** Places. Commands from https://redis.io/docs/latest/commands/?group=geo */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { SYNTAX } from '../../errors.ts';
import { bitsOf, cellOf, distance, pointOf } from '../../values/geohash.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { Options } from '../options.ts';
import { addScores } from '../sorted-set/add.ts';
import { point, replyPoint, unit } from './points.ts';

export function geoadd(s: Session, a: Args<-5>): void {
  const options = { nx: false, xx: false, gt: false, lt: false, ch: false, incr: false };
  const words = new Options(a, 2);
  for (let word = words.word(); word !== undefined; word = words.word()) {
    if (word === 'NX') options.nx = true;
    else if (word === 'XX') options.xx = true;
    else if (word === 'CH') options.ch = true;
    else {
      words.back();
      break;
    }
  }
  if (words.left % 3 !== 0 || (options.nx && options.xx)) throw SYNTAX;
  const pairs: string[] = [];
  while (words.left > 0) {
    const place = point(words.argument(), words.argument());
    pairs.push(String(bitsOf(cellOf(place))), words.argument());
  }
  addScores(s, a[1], pairs, options);
}

/** A coordinate as Redis prints it: 17 decimals, without trailing zeros. */
export function geopos(s: Session, a: Args<-2>): void {
  const set = s.db.read(a[1], SortedSetValue);
  s.out.array(a.length - 2);
  for (const member of a.slice(2)) {
    const score = set?.score(member);
    if (score === undefined) s.out.nullArray();
    else replyPoint(s, pointOf(score));
  }
}

export function geodist(s: Session, a: Args<-4>): void {
  if (a.length > 5) throw SYNTAX;
  const metres = a[4] === undefined ? 1 : unit(a[4]);
  const set = s.db.read(a[1], SortedSetValue);
  const from = set?.score(a[2]);
  const to = set?.score(a[3]);
  if (from === undefined || to === undefined) s.out.null();
  else s.bulk((distance(pointOf(from), pointOf(to)) / metres).toFixed(4));
}

const ALPHABET = '0123456789bcdefghjkmnpqrstuvwxyz';

/** The usual geohash of 11 letters, which counts latitudes from -90 to 90; the last letter is always 0. */
function textOf(score: number): string {
  const bits = bitsOf(cellOf(pointOf(score), 26, { min: -90, max: 90 }));
  let text = '';
  for (let i = 0; i < 10; i++) text += ALPHABET[Math.floor(bits / 2 ** (52 - (i + 1) * 5)) % 32];
  return `${text}0`;
}

export function geohash(s: Session, a: Args<-2>): void {
  const set = s.db.read(a[1], SortedSetValue);
  s.out.array(a.length - 2);
  for (const member of a.slice(2)) {
    const score = set?.score(member);
    s.bulk(score === undefined ? undefined : textOf(score));
  }
}
