/**
 * Redis's random numbers for scripts: math.random and math.randomseed give the same sequence everywhere. It is that of
 * lrand48 (https://pubs.opengroup.org/onlinepubs/9799919799/functions/drand48.html), and goes on from one script to the
 * next.
 */
import { cInt, type Lua, type LuaFunction, numberArgument, raise } from './lua.ts';

const MULTIPLIER = 0x5deece66dn;
const INCREMENT = 0xbn;
/** The low 16 bits behind a seed. */
const LOW = 0x330en;
const MAX = 2 ** 31 - 1;

/** A linear congruential generator of 48 bits. */
export class RandomNumbers {
  #state = (0x1234abcdn << 16n) | LOW;

  seed(seed: number): void {
    this.#state = (BigInt.asUintN(32, BigInt(seed)) << 16n) | LOW;
  }

  /** A number from 0 up to, and without, 1. */
  next(): number {
    this.#state = BigInt.asUintN(48, this.#state * MULTIPLIER + INCREMENT);
    return (Number(this.#state >> 17n) % MAX) / MAX;
  }
}

/** What takes the place of Lua's own functions in `math`. */
export function random(machine: Lua, numbers: RandomNumbers): Record<string, LuaFunction> {
  const { lua } = machine;
  return {
    random(L) {
      const fraction = numbers.next();
      const count = lua.lua_gettop(L);
      if (count > 2) return raise(machine, L, 'wrong number of arguments');
      if (count === 0) {
        lua.lua_pushnumber(L, fraction);
        return 1;
      }
      const least = count === 1 ? 1 : cInt(numberArgument(machine, L, 1, 'random'));
      const most = cInt(numberArgument(machine, L, count, 'random'));
      if (least > most) raise(machine, L, `bad argument #${count} to 'random' (interval is empty)`);
      // In C the span is an int, which overflows.
      lua.lua_pushnumber(L, Math.floor(fraction * ((most - least + 1) | 0)) + least);
      return 1;
    },
    randomseed(L) {
      numbers.seed(cInt(numberArgument(machine, L, 1, 'randomseed')));
      return 0;
    },
  };
}
