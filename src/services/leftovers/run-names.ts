/**
 * The names that a run gives on servers that others share. They carry a time, so that what a killed run left can be
 * told from what one needs. Letters, digits and underscores only: a name has to do as a library of functions, and as
 * one word of a routing key.
 */
const PREFIX = /^msgplay_([0-9a-z]{6})_[0-9a-z]{4}_/;

/** What every name of a run begins with that starts now. */
export function newPrefix(wallMs: number, random: () => number = Math.random): string {
  const seconds = Math.floor(wallMs / 1000).toString(36);
  const chance = Math.floor(random() * 36 ** 4).toString(36);
  return `msgplay_${seconds.padStart(6, '0')}_${chance.padStart(4, '0')}_`;
}

/** The run that a name is of: its prefix, and when it began in ms since the Unix epoch. */
export function runOf(name: string): { readonly prefix: string; readonly startedAt: number } | undefined {
  const match = PREFIX.exec(name);
  return match ? { prefix: match[0], startedAt: Number.parseInt(match[1] ?? '', 36) * 1000 } : undefined;
}
