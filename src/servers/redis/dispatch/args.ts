/** The arguments of a command as a tuple: what its arity promises is there. */

type Texts<Count extends number, Made extends string[] = []> = Made['length'] extends Count
  ? Made
  : Texts<Count, [...Made, string]>;

/**
 * What a command of an arity is called with, its name first: `Args<3>` holds exactly three texts, `Args<-3>` at least
 * three. A text holds one byte per character.
 */
export type Args<Arity extends number> = number extends Arity
  ? readonly string[]
  : `${Arity}` extends `-${infer Least extends number}`
    ? readonly [...Texts<Least>, ...string[]]
    : readonly [...Texts<Arity>];

/** Whether so many arguments, the name included, fit an arity. */
export function fits(arity: number, argCount: number): boolean {
  return arity >= 0 ? argCount === arity : argCount >= -arity;
}
