/** The bit library (https://bitop.luajit.org/): operations on 32 bits. */
import { type Lua, type LuaFunction, numberArgument, pushText } from '../lua/lua.ts';

export function bit(machine: Lua): Record<string, LuaFunction> {
  const { lua } = machine;
  const argument = (L: Parameters<LuaFunction>[0], index: number, name: string): number => {
    const value = numberArgument(machine, L, index, name);
    return Number.isFinite(value) ? Number(BigInt.asIntN(32, BigInt(Math.round(value)))) : 0;
  };
  const unary =
    (name: string, f: (a: number) => number): LuaFunction =>
    (L) => {
      lua.lua_pushnumber(L, f(argument(L, 1, name)) | 0);
      return 1;
    };
  const shift =
    (name: string, f: (a: number, n: number) => number): LuaFunction =>
    (L) => {
      lua.lua_pushnumber(L, f(argument(L, 1, name), argument(L, 2, name) & 31) | 0);
      return 1;
    };
  const fold =
    (name: string, f: (a: number, b: number) => number): LuaFunction =>
    (L) => {
      let value = argument(L, 1, name);
      for (let i = 2; i <= lua.lua_gettop(L); i++) value = f(value, argument(L, i, name));
      lua.lua_pushnumber(L, value | 0);
      return 1;
    };
  return {
    tobit: unary('tobit', (a) => a),
    bnot: unary('bnot', (a) => ~a),
    bswap: unary('bswap', (a) => (a << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24)),
    band: fold('band', (a, b) => a & b),
    bor: fold('bor', (a, b) => a | b),
    bxor: fold('bxor', (a, b) => a ^ b),
    lshift: shift('lshift', (a, n) => a << n),
    rshift: shift('rshift', (a, n) => a >>> n),
    arshift: shift('arshift', (a, n) => a >> n),
    rol: shift('rol', (a, n) => (a << n) | (a >>> (32 - n))),
    ror: shift('ror', (a, n) => (a >>> n) | (a << (32 - n))),
    tohex(L) {
      const value = argument(L, 1, 'tohex');
      const wanted = lua.lua_gettop(L) > 1 ? argument(L, 2, 'tohex') : 8;
      const digits = (value >>> 0)
        .toString(16)
        .padStart(8, '0')
        .slice(-Math.min(8, Math.abs(wanted)) || 8);
      pushText(lua, L, wanted < 0 ? digits.toUpperCase() : digits);
      return 1;
    },
  };
}
