/** GEOSEARCH and the older commands that it unites. */

import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { float, integer } from '../../numbers.ts';
import { cellsFor, distanceWithin, type Point, pointOf, type Shape, scoresOf } from '../../values/geohash.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { storeSet } from '../sorted-set/range.ts';
import { point, replyPoint, unit } from './points.ts';

interface Query {
  centre: Point | undefined;
  member: string | undefined;
  shape: Shape | undefined;
  /** Metres per unit of the distances that are told. */
  metres: number;
  withDistance: boolean;
  withHash: boolean;
  withPoint: boolean;
  count: number;
  any: boolean;
  order: 'ASC' | 'DESC' | undefined;
  store: string | undefined;
  storeDistance: boolean;
}

interface Found {
  readonly member: string;
  readonly score: number;
  readonly at: Point;
  readonly metres: number;
}

function emptyQuery(): Query {
  return {
    centre: undefined,
    member: undefined,
    shape: undefined,
    metres: 1,
    withDistance: false,
    withHash: false,
    withPoint: false,
    count: 0,
    any: false,
    order: undefined,
    store: undefined,
    storeDistance: false,
  };
}

function radius(text: string): number {
  const value = float(text, new ReplyError('ERR need numeric radius'));
  if (value < 0) throw new ReplyError('ERR radius cannot be negative');
  return value;
}

/** Reads options from `from` on. `search` for GEOSEARCH, which takes centre and shape as options too. */
function readOptions(
  query: Query,
  a: readonly string[],
  from: number,
  mode: 'search' | 'searchstore' | 'radius' | 'radius_ro',
): void {
  const search = mode.startsWith('search');
  for (let i = from; i < a.length; i++) {
    const word = a[i]!.toUpperCase();
    const more = a.length - i - 1;
    if (word === 'WITHDIST') query.withDistance = true;
    else if (word === 'WITHHASH') query.withHash = true;
    else if (word === 'WITHCOORD') query.withPoint = true;
    else if (word === 'ANY') query.any = true;
    else if (word === 'ASC' || word === 'DESC') query.order = word;
    else if (word === 'COUNT' && more > 0) {
      query.count = integer(a[++i]!);
      if (query.count <= 0) throw new ReplyError('ERR COUNT must be > 0');
    } else if ((word === 'STORE' || word === 'STOREDIST') && more > 0 && mode === 'radius') {
      query.store = a[++i]!;
      query.storeDistance = word === 'STOREDIST';
    } else if (word === 'STOREDIST' && mode === 'searchstore') query.storeDistance = true;
    else if (word === 'FROMLONLAT' && more > 1 && search && !query.centre && query.member === undefined) {
      query.centre = point(a[i + 1]!, a[i + 2]!);
      i += 2;
    } else if (word === 'FROMMEMBER' && more > 0 && search && !query.centre && query.member === undefined)
      query.member = a[++i]!;
    else if (word === 'BYRADIUS' && more > 1 && search && !query.shape) {
      const value = radius(a[i + 1]!);
      query.metres = unit(a[i + 2]!);
      query.shape = { radius: value * query.metres };
      i += 2;
    } else if (word === 'BYBOX' && more > 2 && search && !query.shape) {
      const width = float(a[i + 1]!, new ReplyError('ERR need numeric width'));
      const height = float(a[i + 2]!, new ReplyError('ERR need numeric height'));
      if (width < 0 || height < 0) throw new ReplyError('ERR height or width cannot be negative');
      query.metres = unit(a[i + 3]!);
      query.shape = { width: width * query.metres, height: height * query.metres };
      i += 3;
    } else throw SYNTAX;
  }
  const name = a[0]!;
  const told = query.withDistance || query.withHash || query.withPoint;
  if (told && (query.store !== undefined || mode === 'searchstore')) {
    const subject = mode === 'searchstore' ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS';
    throw new ReplyError(`ERR ${subject} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  if (search && query.centre === undefined && query.member === undefined) {
    throw new ReplyError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${name}`);
  }
  if (search && query.shape === undefined)
    throw new ReplyError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${name}`);
  if (query.any && query.count === 0) throw new ReplyError('ERR the ANY argument requires COUNT argument');
  if (query.count > 0 && query.order === undefined && !query.any) query.order = 'ASC';
}

function find(set: SortedSetValue, query: Query, centre: Point): Found[] {
  const found: Found[] = [];
  const shape = query.shape!;
  const limit = query.any ? query.count : Number.POSITIVE_INFINITY;
  for (const cell of cellsFor(shape, centre)) {
    const [from, to] = scoresOf(cell);
    const first = set.tree.countBefore(({ score }) => score < from);
    for (const { member, score } of set.range(first, set.size)) {
      if (score >= to || found.length >= limit) break;
      const at = pointOf(score);
      const metres = distanceWithin(shape, centre, at);
      if (metres !== undefined) found.push({ member, score, at, metres });
    }
    if (found.length >= limit) break;
  }
  if (query.order === 'ASC') found.sort((a, b) => a.metres - b.metres);
  else if (query.order === 'DESC') found.sort((a, b) => b.metres - a.metres);
  return query.count > 0 ? found.slice(0, query.count) : found;
}

function answer(s: Session, key: string, query: Query): void {
  const set = s.db.read(key, SortedSetValue);
  let { centre } = query;
  if (set !== undefined && centre === undefined) {
    const score = set.score(query.member!);
    if (score === undefined) throw new ReplyError('ERR could not decode requested zset member');
    centre = pointOf(score);
  }
  const found = set === undefined ? [] : find(set, query, centre!);
  if (query.store !== undefined) {
    const members = found.map(({ member, score, metres }) => ({
      member,
      score: query.storeDistance ? metres / query.metres : score,
    }));
    storeSet(s, query.store, members, 'geosearchstore');
    return;
  }
  const extras = Number(query.withDistance) + Number(query.withHash) + Number(query.withPoint);
  s.out.array(found.length);
  for (const { member, score, at, metres } of found) {
    if (extras > 0) s.out.array(1 + extras);
    s.bulk(member);
    if (query.withDistance) s.bulk((metres / query.metres).toFixed(4));
    if (query.withHash) s.out.integer(score);
    if (query.withPoint) replyPoint(s, at);
  }
}

export function geosearch(s: Session, a: Args<-7>): void {
  const query = emptyQuery();
  readOptions(query, a, 2, 'search');
  answer(s, a[1]!, query);
}

export function geosearchstore(s: Session, a: Args<-8>): void {
  const query = emptyQuery();
  readOptions(query, a, 3, 'searchstore');
  query.store = a[1]!;
  answer(s, a[2]!, query);
}

function aroundPoint(s: Session, a: readonly string[], readOnly: boolean): void {
  const query = emptyQuery();
  query.centre = point(a[2]!, a[3]!);
  const value = radius(a[4]!);
  query.metres = unit(a[5]!);
  query.shape = { radius: value * query.metres };
  readOptions(query, a, 6, readOnly ? 'radius_ro' : 'radius');
  answer(s, a[1]!, query);
}

export function georadius(s: Session, a: Args<-6>): void {
  aroundPoint(s, a, false);
}

export function georadiusRo(s: Session, a: Args<-6>): void {
  aroundPoint(s, a, true);
}

function aroundMember(s: Session, a: readonly string[], readOnly: boolean): void {
  const query = emptyQuery();
  query.member = a[2]!;
  const value = radius(a[3]!);
  query.metres = unit(a[4]!);
  query.shape = { radius: value * query.metres };
  readOptions(query, a, 5, readOnly ? 'radius_ro' : 'radius');
  answer(s, a[1]!, query);
}

export function georadiusbymember(s: Session, a: Args<-5>): void {
  aroundMember(s, a, false);
}

export function georadiusbymemberRo(s: Session, a: Args<-5>): void {
  aroundMember(s, a, true);
}
