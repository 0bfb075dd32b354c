/**
 * Loads fengari as a private copy, turned as far into Lua 5.1 as scripts can tell: all numbers are doubles there, so this
 * copy forgets its integers. Its loops and its strings are metered, so that no script stops the server.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { isPrelude, type Lua, type LuaState, luaBytes, luaText } from './lua.ts';
import { meter } from './meter.ts';
import { shortNumber } from './short-number.ts';

const STEP = 'meter.step();';
const SOON = 'if (meter.isDue) { meter.isDue = false; L.hookcount = 1; }';

/** What is changed in fengari's files: texts that stand there exactly once, and what comes in their place. */
const CHANGES: Readonly<Record<string, readonly (readonly [text: string, instead: string])[]>> = {
  'lstrlib.js': [
    ['let sep = luaL_optstring(L, 3, "");', 'let sep = "";'],
    [
      'luaL_argcheck(L, c >= 0 && c <= 255, "value out of range");',
      'luaL_argcheck(L, c >= 0 && c <= 255, i, to_luastring("invalid value"));',
    ],
    behind('const match = function(ms, s, p) {', STEP),
    behind('const singlematch = function(ms, s, p, ep) {', STEP),
    behind('while (++p < ec) {', STEP),
    behind('while (++s < ms.src_end) {', STEP),
    behind('for (; (i = arr.indexOf(subarr[0], i)) !== -1; i++) {', STEP),
    // Character by character, a long string of a short one takes seconds.
    before(
      'while (n-- > 1) {  /* first n-1 copies',
      `if (lsep === 0) {
        p.set(s);
        for (let done = l; done > 0 && done < totallen; done *= 2) p.copyWithin(done, 0, Math.min(done, totallen - done));
        pi = totallen - l;
        n = 1;
      }`,
    ),
  ],
  'ltablib.js': [
    // 5.1 takes every position.
    ['luaL_argcheck(L, 1 <= pos && pos <= e, 2, "position out of bounds");', 'if (pos > e) e = pos;'],
    without("if (pos !== size)  /* validate 'pos' if given */"),
    [
      'luaL_argcheck(L, 1 <= pos && pos <= size + 1, 1, "position out of bounds");',
      'if (pos < 1 || pos > size) return 0;',
    ],
    behind('const sort_comp = function(L, a, b) {', STEP),
    behind('for (let i = e; i > pos; i--) {', STEP),
    behind('for (; pos < size; pos++) {', STEP),
    behind('for (; i < last; i++) {', STEP),
  ],
  // The operators, words and escapes that came after 5.1.
  'llex.js': [
    without(`if (check_next1(ls, 47 /* ('/').charCodeAt(0) */)) return TK_IDIV;
                else `),
    without(`else if (check_next1(ls, 60 /* ('<').charCodeAt(0) */)) return TK_SHL;`),
    without(`else if (check_next1(ls, 62 /* ('>').charCodeAt(0) */)) return TK_SHR;`),
    without(`if (check_next1(ls, 58 /* (':').charCodeAt(0) */)) return TK_DBCOLON;
                else `),
    [
      'if (kidx !== void 0 && kidx <= 22)  /* reserved word? */',
      'if (kidx !== void 0 && kidx <= 22 && kidx !== TK_GOTO - FIRST_RESERVED)',
    ],
    without(`case 120 /* ('x').charCodeAt(0) */: c = readhexaesc(ls); will = 'read_save'; break;`),
    without(`case 117 /* ('u').charCodeAt(0) */: utf8esc(ls); will = 'no_save'; break;`),
    ["case 122 /* ('z').charCodeAt(0) */: {", 'case -2: {'],
    [
      'esccheck(ls, lisdigit(ls.current), to_luastring("invalid escape sequence", true));',
      "if (!lisdigit(ls.current)) { c = ls.current; will = 'read_save'; break; }",
    ],
  ],
  'lparser.js': [
    without(`case 38 /* ('&').charCodeAt(0) */: return OPR_BAND;`),
    without(`case 124 /* ('|').charCodeAt(0) */: return OPR_BOR;`),
    without(`case 126 /* ('~').charCodeAt(0) */: return OPR_BXOR;`),
    without(`case 126 /* ('~').charCodeAt(0) */: return OPR_BNOT;`),
    [
      "if (ls.t.token === 61 /* ('=').charCodeAt(0) */ || ls.t.token === 44 /* (',').charCodeAt(0) */) { /* stat . assignment ? */",
      'if (v.v.k !== expkind.VCALL) {',
    ],
  ],
  // What took long inside of a C function is looked at right behind it.
  'ldo.js': [
    behind('let n = f(L);', SOON),
    // A hook of ours runs no Lua, but raises errors, and the handlers of errors run in it: they are hooked, too.
    ['L.allowhook = 0;  /* cannot call hooks inside a hook */', ''],
    ['lua_assert(!L.allowhook);', ''],
    // The stack of the function that failed may be full.
    before(
      'lapi.lua_pushcfunction(L, atnativeerror);',
      'luaD_checkstack(L, 2); L.ci.top = Math.max(L.ci.top, L.top + 2);',
    ),
  ],
  // What is to be kept of whether hooks are called is lost there, and after an error that pcall caught none is.
  'lapi.js': [
    [
      'ci.callstatus &= ~lstate.CIST_OAH | L.allowhook;',
      'ci.callstatus = (ci.callstatus & ~lstate.CIST_OAH) | L.allowhook;',
    ],
  ],
  'lauxlib.js': [
    // What the prelude does, the script does that called it.
    behind('lua_getinfo(L, to_luastring("Sl", true), ar);', 'if (isPrelude(ar)) return luaL_where(L, level + 1);'),
    before('let newbuff = new Uint8Array(newsize);', 'meter.allocate(newsize);'),
    // 5.1 cuts a fraction off where a whole number is asked for.
    before(
      'if (d === false)\n        interror(L, arg);',
      'if (d === false && lua_isnumber(L, arg)) return lua_tonumberx(L, arg) | 0;',
    ),
  ],
  'lstring.js': [behind('const luaS_bless = function(L, str) {', 'meter.allocate(str.length);')],
  'lvm.js': [before('let buff = new Uint8Array(tl);', `meter.allocate(tl); ${SOON}`)],
};

function behind(text: string, more: string): [string, string] {
  return [text, `${text} ${more}`];
}

function before(text: string, more: string): [string, string] {
  return [text, `${more} ${text}`];
}

function without(text: string): [string, string] {
  return [text, ''];
}

interface LoadedModule {
  exports: unknown;
}

/** Loads CommonJS files below one folder, each once, with what CHANGES makes of them. */
function loaderFrom(folder: string): (name: string) => unknown {
  const loaded = new Map<string, LoadedModule>();
  const require = createRequire(join(folder, 'fengari.js'));
  const load = (name: string): unknown => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const module: LoadedModule = { exports: {} };
    loaded.set(name, module);
    const path = join(folder, name);
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname', 'meter', 'isPrelude'];
    const run = compileFunction(changed(name, readFileSync(path, 'utf8')), parameters, { filename: path });
    const own = (id: string) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
    run(module.exports, own, module, path, folder, meter, isPrelude);
    return module.exports;
  };
  return load;
}

function changed(name: string, source: string): string {
  return (CHANGES[name] ?? []).reduce((text, [place, instead]) => {
    if (text.split(place).length !== 2) throw new Error(`fengari's ${name} has changed: "${place}" is not there once`);
    return text.replace(place, () => instead);
  }, source);
}

let loadedLua: Lua | undefined;

/** Loads fengari, once: nobody pays for it who runs no script. */
export function loadLua(): Lua {
  loadedLua ??= loadPrivately();
  return loadedLua;
}

function loadPrivately(): Lua {
  const load = loaderFrom(dirname(createRequire(import.meta.url).resolve('fengari')));
  const settings = process.env.FENGARICONF;
  // Line numbers in messages are printed without a fraction.
  process.env.FENGARICONF = JSON.stringify({ LUA_COMPAT_FLOATSTRING: true });
  try {
    const lua = load('fengari.js') as Lua;
    forgetIntegers(load);
    return lua;
  } finally {
    if (settings === undefined) delete process.env.FENGARICONF;
    else process.env.FENGARICONF = settings;
  }
}

function forgetIntegers(load: (name: string) => unknown): void {
  const objects = load('lobject.js') as {
    TValue: { prototype: Record<string, unknown> };
    luaO_tostring(L: LuaState, value: { value: number; setsvalue(text: unknown): void }): void;
    luaO_str2num(text: Uint8Array, target: { setfltvalue(value: number): void }): number;
  };
  const { luaS_bless } = load('lstring.js') as { luaS_bless(L: LuaState, text: Uint8Array): unknown };
  const { TValue } = objects;
  TValue.prototype.ttisinteger = () => false;
  TValue.prototype.ttisfloat = TValue.prototype.ttisnumber;
  objects.luaO_tostring = (L, value) => value.setsvalue(luaS_bless(L, luaBytes(shortNumber(value.value))));
  const { luaO_str2num } = objects;
  objects.luaO_str2num = (text, target) => {
    const length = luaO_str2num(text, target);
    const digits = length === 0 ? '' : luaText(text.subarray(0, length - 1)).trim();
    // A hexadecimal numeral of more than 32 bits would wrap.
    if (/^[-+]?0x[0-9a-f]+$/i.test(digits)) {
      const size = Number(digits.replace(/^[-+]/, ''));
      target.setfltvalue(digits.startsWith('-') ? -size : size);
    }
    return length;
  };
}
