/** Versions of servers as users name them after an `@`: `rabbitmq@3.10`, `redis@valkey`. */

/**
 * Whether a version is what was asked for: `4`, `4.0` and `4.0.5` ask for `4.0.5`; `valkey` and `valkey-8` for
 * `valkey-8.1.1`.
 */
export function isRelease(version: string, asked: string): boolean {
  return version === asked || version.startsWith(`${asked}.`) || version.startsWith(`${asked}-`);
}

/** Newer versions first; those with a product's name in front come after those without. */
export function newestFirst(one: string, other: string): number {
  const [named, otherNamed] = [/^[a-z]/.test(one), /^[a-z]/.test(other)];
  if (named !== otherNamed) return named ? 1 : -1;
  return other.localeCompare(one, 'en', { numeric: true });
}
