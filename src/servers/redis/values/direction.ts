/** From the lowest score or id to the highest, or back. */
export type Direction = 'up' | 'down';
