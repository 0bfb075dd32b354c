/** What servers say about themselves, fit to be repeated. */

/** In one line of bounded length. */
export function shortened(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** What a server calls itself in a header, or something else where it does not say. */
export function serverOf(header: string | string[] | undefined, otherwise: string): string {
  return String(header ?? '').trim() || otherwise;
}
