/** Places and distances as commands and replies write them. */
import type { Session } from '../../clients/session.ts';
import { ReplyError } from '../../errors.ts';
import { float, shortDouble } from '../../numbers.ts';
import { LATITUDE, LONGITUDE, type Point } from '../../values/geohash.ts';

const UNITS: Record<string, number> = { m: 1, km: 1000, ft: 0.3048, mi: 1609.34 };

/** Metres per unit. */
export function unit(text: string): number {
  const metres = UNITS[text.toLowerCase()];
  if (metres === undefined) throw new ReplyError('ERR unsupported unit provided. please use M, KM, FT, MI');
  return metres;
}

export function point(longitudeText: string, latitudeText: string): Point {
  const longitude = float(longitudeText);
  const latitude = float(latitudeText);
  if (longitude < LONGITUDE.min || longitude > LONGITUDE.max || latitude < LATITUDE.min || latitude > LATITUDE.max) {
    throw new ReplyError(`ERR invalid longitude,latitude pair ${longitude.toFixed(6)},${latitude.toFixed(6)}`);
  }
  return { longitude, latitude };
}

function coordinate(s: Session, value: number): string {
  if (s.traits.shortCoordinates) return shortDouble(value);
  return value.toFixed(17).replace(/\.?0+$/, '');
}

export function replyPoint(s: Session, { longitude, latitude }: Point): void {
  s.out.array(2);
  for (const value of [longitude, latitude]) s.out.double(coordinate(s, value));
}
