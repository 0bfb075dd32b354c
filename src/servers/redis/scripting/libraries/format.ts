/** string.format as Lua 5.1 has it, which leaves most of it to C's printf. */
import {
  type Lua,
  type LuaFunction,
  type LuaState,
  numberArgument,
  pushText,
  raise,
  textArgument,
} from '../lua/lua.ts';
import { meter } from '../lua/meter.ts';

/** What stands between `%` and the letter. */
interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

const SPEC = /^([-+ #0]*)(\d{0,2})(?:(\.)(\d{0,2}))?/;
const MAX_FLAGS = 6;
/** A text that is so long is told whole, where no precision cuts it; of others C sees what stands before a zero. */
const LONG_TEXT = 100;

export function format(machine: Lua): LuaFunction {
  return (L) => {
    const text = textArgument(machine, L, 1, 'format');
    let made = '';
    let argument = 1;
    for (let at = 0; at < text.length; ) {
      const mark = text.indexOf('%', at);
      if (mark === -1) {
        made += text.slice(at);
        break;
      }
      made += text.slice(at, mark);
      at = mark + 1;
      if (text[at] === '%') {
        made += '%';
        at++;
        continue;
      }
      argument++;
      if (argument > machine.lua.lua_gettop(L)) raise(machine, L, `bad argument #${argument} to 'format' (no value)`);
      const [whole = '', flags = '', width = '', point, precision = ''] = SPEC.exec(text.slice(at)) ?? [];
      if (flags.length >= MAX_FLAGS) raise(machine, L, 'invalid format (repeated flags)');
      const letter = text.charAt(at + whole.length);
      if (/\d/.test(letter)) raise(machine, L, 'invalid format (width or precision too long)');
      at += whole.length + 1;
      const spec = { flags, width: Number(width), precision: point === undefined ? undefined : Number(precision) };
      const piece = formatted(machine, L, letter, spec, argument);
      if (piece === undefined) raise(machine, L, `invalid option '%${letter}' to 'format'`);
      meter.allocate(piece.length);
      made += piece;
    }
    pushText(machine.lua, L, made);
    return 1;
  };
}

/** One argument; undefined where there is no such letter. */
function formatted(machine: Lua, L: LuaState, letter: string, spec: Spec, index: number): string | undefined {
  switch (letter) {
    case 'c':
      return padded(String.fromCharCode(numberArgument(machine, L, index, 'format') & 255), {
        ...spec,
        flags: spec.flags.replace('0', ''),
      });
    case 'd':
    case 'i':
      return signed(numberArgument(machine, L, index, 'format'), spec);
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return unsigned(numberArgument(machine, L, index, 'format'), letter, spec);
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      return double(numberArgument(machine, L, index, 'format'), letter, spec);
    case 'q':
      return quoted(textArgument(machine, L, index, 'format'));
    case 's':
      return cut(textArgument(machine, L, index, 'format'), spec);
    default:
      return undefined;
  }
}

/** A number as C casts it to 64 bits; what does not fit is the lowest of them. */
function whole(value: number): bigint {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

function signed(value: number, spec: Spec): string {
  const integer = whole(value);
  const digits = String(integer < 0n ? -integer : integer);
  return numeral(integer < 0n, '', atLeast(digits, spec.precision), spec, spec.precision === undefined);
}

const BASES: Readonly<Record<string, number>> = { o: 8, u: 10, x: 16, X: 16 };

function unsigned(value: number, letter: string, spec: Spec): string {
  // C leaves open what a negative double is without a sign; on this kind of machine it wraps.
  const integer = value >= 2 ** 63 && value < 2 ** 64 ? BigInt(value) : BigInt.asUintN(64, whole(value));
  let digits = atLeast(integer.toString(BASES[letter]), spec.precision);
  const isMarked = spec.flags.includes('#');
  if (isMarked && letter === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
  const prefix = isMarked && (letter === 'x' || letter === 'X') && integer !== 0n ? '0x' : '';
  const plain = { ...spec, flags: spec.flags.replace(/[+ ]/g, '') };
  const text = numeral(false, prefix, digits, plain, spec.precision === undefined);
  return letter === 'X' ? text.toUpperCase() : text;
}

/** As many digits as the precision says; none for a zero with a precision of nothing. */
function atLeast(digits: string, precision: number | undefined): string {
  return precision === 0 && digits === '0' ? '' : digits.padStart(precision ?? 1, '0');
}

function double(value: number, letter: string, spec: Spec): string {
  const isNegative = value < 0 || Object.is(value, -0) || Number.isNaN(value);
  const size = Math.abs(value);
  const kind = letter.toLowerCase();
  const precision = spec.precision ?? 6;
  const isAlternative = spec.flags.includes('#');
  let digits: string;
  if (!Number.isFinite(value)) digits = Number.isNaN(value) ? 'nan' : 'inf';
  else if (kind === 'f') digits = fixed(size, precision);
  else if (kind === 'e') digits = exponential(size, precision);
  else digits = general(size, Math.max(1, precision), isAlternative);
  if (isAlternative && precision === 0 && kind !== 'g' && Number.isFinite(value))
    digits = digits.replace(/^\d+/, '$&.');
  const text = numeral(isNegative, '', digits, spec, Number.isFinite(value));
  return letter === kind ? text : text.toUpperCase();
}

/** So many digits more show whether a number stands exactly between two. */
const EXACT_DIGITS = 25;
const MAX_DIGITS = 100;

/** Of two that are as near, C takes the even one, and JavaScript the larger one. */
function toEven(rounded: string, exact: string): string {
  const kept = exact.slice(0, rounded.length);
  const rest = exact.slice(rounded.length).replace('.', '');
  return /^50*$/.test(rest) && /[02468]$/.test(kept) ? kept : rounded;
}

function fixed(size: number, precision: number): string {
  // JavaScript turns to exponents from 1e21 on; those are whole numbers.
  if (size < 1e21) return toEven(size.toFixed(precision), size.toFixed(Math.min(MAX_DIGITS, precision + EXACT_DIGITS)));
  return BigInt(size).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
}

function exponential(size: number, precision: number): string {
  const split = (digits: number) => size.toExponential(Math.min(MAX_DIGITS, digits)).split('e') as [string, string];
  const [rounded, exponent] = split(precision);
  const [exact, exactExponent] = split(precision + EXACT_DIGITS);
  const mantissa = exponent === exactExponent ? toEven(rounded, exact) : rounded;
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

/** The shorter of both forms, without zeros at its end, unless they are asked for. */
function general(size: number, precision: number, keepsZeros: boolean): string {
  const scientific = exponential(size, precision - 1);
  const exponent = size === 0 ? 0 : Number(scientific.split('e')[1]);
  if (exponent >= -4 && exponent < precision) {
    const text = fixed(size, precision - 1 - exponent);
    return keepsZeros || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
  }
  return keepsZeros ? scientific : scientific.replace(/\.?0*e/, 'e');
}

/** Sign, prefix and digits in their width; zeros fill it only where they may. */
function numeral(isNegative: boolean, prefix: string, digits: string, spec: Spec, mayHaveZeros: boolean): string {
  const { flags, width } = spec;
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = sign + prefix;
  if (mayHaveZeros && flags.includes('0') && !flags.includes('-'))
    return head + digits.padStart(width - head.length, '0');
  return padded(head + digits, spec);
}

function padded(text: string, { flags, width }: Spec): string {
  return flags.includes('-') ? text.padEnd(width) : text.padStart(width);
}

function cut(text: string, spec: Spec): string {
  if (spec.precision === undefined && text.length >= LONG_TEXT) return text;
  return padded(text.replace(/\0.*/s, '').slice(0, spec.precision), spec);
}

/** A text that Lua reads back as it is. */
function quoted(text: string): string {
  return `"${text
    .replace(/["\\\n]/g, '\\$&')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\000')}"`;
}
