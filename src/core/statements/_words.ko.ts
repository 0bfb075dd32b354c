/** Helpers for wording in Korean. */

const SHOWN = 5;

/** The first few, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(named).join(', ');
  return names.length > SHOWN ? `${shown} 외 ${names.length - SHOWN}개` : shown;
}

/** A name that can be seen also where it is empty. */
export function named(name: string): string {
  return name === '' ? '(빈 이름)' : name;
}
