/** Geohashes of 52 bits, as Redis keeps them for scores, and distances on a sphere. */

export interface Point {
  readonly longitude: number;
  readonly latitude: number;
}

export interface Area {
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
}

export const LONGITUDE = { min: -180, max: 180 };
export const LATITUDE = { min: -85.05112878, max: 85.05112878 };
const EARTH_RADIUS = 6372797.560856;
const MERCATOR_MAX = 20037726.37;
export const MAX_STEP = 26;

/** A cell: `step` bits of latitude and as many of longitude, interleaved, latitude lowest. */
export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly step: number;
}

export function cellOf({ longitude, latitude }: Point, step = MAX_STEP, limits = LATITUDE): Cell {
  const x = ((longitude - LONGITUDE.min) / (LONGITUDE.max - LONGITUDE.min)) * 2 ** step;
  const y = ((latitude - limits.min) / (limits.max - limits.min)) * 2 ** step;
  return { x: Math.floor(x), y: Math.floor(y), step };
}

/** The bits of a cell as one number, at most 52 bits. */
export function bitsOf({ x, y, step }: Cell): number {
  let bits = 0;
  for (let i = step - 1; i >= 0; i--) bits = bits * 4 + ((x >> i) & 1) * 2 + ((y >> i) & 1);
  return bits;
}

export function cellFromBits(bits: number, step = MAX_STEP): Cell {
  let x = 0;
  let y = 0;
  let rest = bits;
  for (let i = 0; i < step; i++) {
    y += (rest % 2) * 2 ** i;
    rest = Math.floor(rest / 2);
    x += (rest % 2) * 2 ** i;
    rest = Math.floor(rest / 2);
  }
  return { x, y, step };
}

export function areaOf({ x, y, step }: Cell): Area {
  const width = LONGITUDE.max - LONGITUDE.min;
  const height = LATITUDE.max - LATITUDE.min;
  const cells = 2 ** step;
  return {
    west: LONGITUDE.min + (x / cells) * width,
    east: LONGITUDE.min + ((x + 1) / cells) * width,
    south: LATITUDE.min + (y / cells) * height,
    north: LATITUDE.min + ((y + 1) / cells) * height,
  };
}

/** The middle of the cell of a score. */
export function pointOf(score: number): Point {
  const { west, east, south, north } = areaOf(cellFromBits(score));
  return {
    longitude: Math.min(LONGITUDE.max, Math.max(LONGITUDE.min, (west + east) / 2)),
    latitude: Math.min(LATITUDE.max, Math.max(LATITUDE.min, (south + north) / 2)),
  };
}

const RADIANS = Math.PI / 180;

function latitudeDistance(a: number, b: number): number {
  return EARTH_RADIUS * Math.abs(b * RADIANS - a * RADIANS);
}

/** Metres between two points (haversine). */
export function distance(a: Point, b: Point): number {
  const v = Math.sin((b.longitude * RADIANS - a.longitude * RADIANS) / 2);
  if (v === 0) return latitudeDistance(a.latitude, b.latitude);
  const lat1 = a.latitude * RADIANS;
  const lat2 = b.latitude * RADIANS;
  const u = Math.sin((lat2 - lat1) / 2);
  const h = u * u + Math.cos(lat1) * Math.cos(lat2) * v * v;
  return 2 * EARTH_RADIUS * Math.asin(Math.sqrt(h));
}

export type Shape = { radius: number } | { width: number; height: number };

/** Metres from the centre where a point is inside a shape; undefined outside. */
export function distanceWithin(shape: Shape, centre: Point, point: Point): number | undefined {
  if ('radius' in shape) {
    const metres = distance(centre, point);
    return metres > shape.radius ? undefined : metres;
  }
  if (latitudeDistance(point.latitude, centre.latitude) > shape.height / 2) return undefined;
  const along = distance(point, { longitude: centre.longitude, latitude: point.latitude });
  return along > shape.width / 2 ? undefined : distance(centre, point);
}

function stepFor(metres: number, latitude: number): number {
  if (metres === 0) return MAX_STEP;
  let step = 1;
  for (let range = metres; range < MERCATOR_MAX; range *= 2) step++;
  step -= 2;
  if (Math.abs(latitude) > 66) step--;
  if (Math.abs(latitude) > 80) step--;
  return Math.min(MAX_STEP, Math.max(1, step));
}

function boundingBox(shape: Shape, { longitude, latitude }: Point): Area {
  const halfHeight = 'radius' in shape ? shape.radius : shape.height / 2;
  const halfWidth = 'radius' in shape ? shape.radius : shape.width / 2;
  const up = halfHeight / EARTH_RADIUS / RADIANS;
  const across = (at: number): number => halfWidth / EARTH_RADIUS / Math.cos(at * RADIANS) / RADIANS;
  const sideways = latitude < 0 ? across(latitude - up) : across(latitude + up);
  return { west: longitude - sideways, east: longitude + sideways, south: latitude - up, north: latitude + up };
}

/** Where neighbours lie, in the order in which Redis visits them. */
const AROUND: readonly (readonly [dx: number, dy: number])[] = [
  [0, 0],
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

function neighbour({ x, y, step }: Cell, dx: number, dy: number): Cell {
  const cells = 2 ** step;
  return { x: (x + dx + cells) % cells, y: (y + dy + cells) % cells, step };
}

/** The cells that a search has to look into: the one of its centre and neighbours that the shape may reach. */
export function cellsFor(shape: Shape, centre: Point): Cell[] {
  const box = boundingBox(shape, centre);
  const metres = 'radius' in shape ? shape.radius : Math.hypot(shape.width / 2, shape.height / 2);
  let step = stepFor(metres, centre.latitude);
  let cell = cellOf(centre, step);
  const tooSmall =
    areaOf(neighbour(cell, 0, 1)).north < box.north ||
    areaOf(neighbour(cell, 0, -1)).south > box.south ||
    areaOf(neighbour(cell, 1, 0)).east < box.east ||
    areaOf(neighbour(cell, -1, 0)).west > box.west;
  if (step > 1 && tooSmall) {
    step--;
    cell = cellOf(centre, step);
  }
  const area = areaOf(cell);
  const cells: Cell[] = [];
  for (const [dx, dy] of AROUND) {
    if (step >= 2) {
      if ((dy < 0 && area.south < box.south) || (dy > 0 && area.north > box.north)) continue;
      if ((dx < 0 && area.west < box.west) || (dx > 0 && area.east > box.east)) continue;
    }
    const next = neighbour(cell, dx, dy);
    const last = cells.at(-1);
    if (last !== undefined && last.x === next.x && last.y === next.y) continue;
    cells.push(next);
  }
  return cells;
}

/** The scores of a cell: from the first, to the second not included. */
export function scoresOf(cell: Cell): readonly [from: number, to: number] {
  const unit = 4 ** (MAX_STEP - cell.step);
  const bits = bitsOf(cell);
  return [bits * unit, (bits + 1) * unit];
}
