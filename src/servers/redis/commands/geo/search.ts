/** GEOSEARCH and the older commands that it unites. */
import type { Session } from '../../clients/session.ts';
import type { Args } from '../../dispatch/args.ts';
import { ReplyError, SYNTAX } from '../../errors.ts';
import { float, integer } from '../../numbers.ts';
import { cellsFor, distanceWithin, type Point, pointOf, type Shape, scoresOf } from '../../values/geohash.ts';
import { SortedSetValue } from '../../values/sorted-set.ts';
import { Options } from '../options.ts';
import { storeSet } from '../sorted-set/range.ts';
import { point, replyPoint, unit } from './points.ts';

/** Where a search looks from: a place, or where a member is. */
type Centre = { readonly point: Point } | { readonly member: string };

interface Query {
  centre?: Centre;
  shape?: Shape;
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

/** A query that says where to look. */
type Search = Query & Required<Pick<Query, 'centre' | 'shape'>>;

interface Found {
  readonly member: string;
  readonly score: number;
  readonly at: Point;
  readonly metres: number;
}

function emptyQuery(): Query {
  return {
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
): Search {
  const search = mode.startsWith('search');
  const options = new Options(a, from);
  for (let word = options.word(); word !== undefined; word = options.word()) {
    const { left } = options;
    if (word === 'WITHDIST') query.withDistance = true;
    else if (word === 'WITHHASH') query.withHash = true;
    else if (word === 'WITHCOORD') query.withPoint = true;
    else if (word === 'ANY') query.any = true;
    else if (word === 'ASC' || word === 'DESC') query.order = word;
    else if (word === 'COUNT') {
      query.count = integer(options.argument());
      if (query.count <= 0) throw new ReplyError('ERR COUNT must be > 0');
    } else if ((word === 'STORE' || word === 'STOREDIST') && mode === 'radius') {
      query.store = options.argument();
      query.storeDistance = word === 'STOREDIST';
    } else if (word === 'STOREDIST' && mode === 'searchstore') query.storeDistance = true;
    else if (word === 'FROMLONLAT' && left >= 2 && search && !query.centre)
      query.centre = { point: point(options.argument(), options.argument()) };
    else if (word === 'FROMMEMBER' && search && !query.centre) query.centre = { member: options.argument() };
    else if (word === 'BYRADIUS' && left >= 2 && search && !query.shape) {
      const value = radius(options.argument());
      query.metres = unit(options.argument());
      query.shape = { radius: value * query.metres };
    } else if (word === 'BYBOX' && left >= 3 && search && !query.shape) {
      const width = float(options.argument(), new ReplyError('ERR need numeric width'));
      const height = float(options.argument(), new ReplyError('ERR need numeric height'));
      if (width < 0 || height < 0) throw new ReplyError('ERR height or width cannot be negative');
      query.metres = unit(options.argument());
      query.shape = { width: width * query.metres, height: height * query.metres };
    } else throw SYNTAX;
  }
  const told = query.withDistance || query.withHash || query.withPoint;
  if (told && (query.store !== undefined || mode === 'searchstore')) {
    const subject = mode === 'searchstore' ? 'GEOSEARCHSTORE' : 'STORE option in GEORADIUS';
    throw new ReplyError(`ERR ${subject} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`);
  }
  const { centre, shape } = query;
  if (centre === undefined) {
    throw new ReplyError(`ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ${a[0]}`);
  }
  if (shape === undefined) throw new ReplyError(`ERR exactly one of BYRADIUS and BYBOX can be specified for ${a[0]}`);
  if (query.any && query.count === 0) throw new ReplyError('ERR the ANY argument requires COUNT argument');
  if (query.count > 0 && query.order === undefined && !query.any) query.order = 'ASC';
  return { ...query, centre, shape };
}

function find(set: SortedSetValue, query: Search, centre: Point): Found[] {
  const found: Found[] = [];
  const { shape } = query;
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

function pointAt(set: SortedSetValue, centre: Centre): Point {
  if ('point' in centre) return centre.point;
  const score = set.score(centre.member);
  if (score === undefined) throw new ReplyError('ERR could not decode requested zset member');
  return pointOf(score);
}

function answer(s: Session, key: string, query: Search): void {
  const set = s.db.read(key, SortedSetValue);
  const found = set === undefined ? [] : find(set, query, pointAt(set, query.centre));
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
  answer(s, a[1], readOptions(emptyQuery(), a, 2, 'search'));
}

export function geosearchstore(s: Session, a: Args<-8>): void {
  answer(s, a[2], { ...readOptions(emptyQuery(), a, 3, 'searchstore'), store: a[1] });
}

/** What is within a radius of a place: the older commands, whose options begin at an index. */
function around(
  s: Session,
  a: readonly [name: string, key: string, ...string[]],
  centre: Centre,
  [radiusText, unitText]: readonly [string, string],
  from: number,
  mode: 'radius' | 'radius_ro',
): void {
  const value = radius(radiusText);
  const metres = unit(unitText);
  const query = { ...emptyQuery(), centre, metres, shape: { radius: value * metres } };
  answer(s, a[1], readOptions(query, a, from, mode));
}

export function georadius(s: Session, a: Args<-6>): void {
  around(s, a, { point: point(a[2], a[3]) }, [a[4], a[5]], 6, 'radius');
}

export function georadiusRo(s: Session, a: Args<-6>): void {
  around(s, a, { point: point(a[2], a[3]) }, [a[4], a[5]], 6, 'radius_ro');
}

export function georadiusbymember(s: Session, a: Args<-5>): void {
  around(s, a, { member: a[2] }, [a[3], a[4]], 5, 'radius');
}

export function georadiusbymemberRo(s: Session, a: Args<-5>): void {
  around(s, a, { member: a[2] }, [a[3], a[4]], 5, 'radius_ro');
}
