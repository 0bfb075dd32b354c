/** Reads field tables. Every length is checked against the bytes there are before anything is cut out. */
import { byteAt } from '../byte-at.ts';
import { syntaxError } from './faults.ts';
import {
  type FieldTable,
  type FieldType,
  type FieldValue,
  MAX_DEPTH,
  numberType,
  setField,
  shortTable,
  Typed,
} from './table.ts';

/** Decodes the table whose 32-bit length stands at `at`; it must end at or before `end`. */
export function decodeTable(bytes: Buffer, at: number, end: number): FieldTable {
  const isEmpty = end - at >= 4 && bytes.readUInt32BE(at) === 0;
  return isEmpty ? {} : new TableReader(bytes, at, end).table(0);
}

class TableReader {
  readonly #bytes: Buffer;
  #at: number;
  #end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  table(depth: number): FieldTable {
    const table: FieldTable = {};
    this.#nested(depth, () => {
      const length = byteAt(this.#bytes, this.#take(1));
      const at = this.#take(length);
      setField(table, this.#bytes.toString('utf8', at, at + length), this.#value(depth));
    });
    return table;
  }

  #array(depth: number): FieldValue[] {
    const items: FieldValue[] = [];
    this.#nested(depth, () => items.push(this.#value(depth)));
    return items;
  }

  /** Reads a 32-bit length and calls `read` until that many bytes are used up, neither more nor fewer. */
  #nested(depth: number, read: () => void): void {
    if (depth > MAX_DEPTH) throw syntaxError('4.2.5.5', `a field table is nested deeper than ${MAX_DEPTH}`);
    const length = this.#bytes.readUInt32BE(this.#take(4));
    const outer = this.#end;
    if (length > outer - this.#at) throw shortTable();
    this.#end = this.#at + length;
    while (this.#at < this.#end) read();
    this.#end = outer;
  }

  /** Where the next `length` bytes begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#end - at) throw shortTable();
    this.#at = at + length;
    return at;
  }

  #value(depth: number): FieldValue {
    const bytes = this.#bytes;
    const letter = byteAt(bytes, this.#take(1));
    switch (letter) {
      case 0x53: // S
        return this.#text();
      case 0x49: // I
        return bytes.readInt32BE(this.#take(4));
      case 0x74: // t
        return bytes[this.#take(1)] !== 0;
      case 0x46: // F
        return this.table(depth + 1);
      case 0x41: // A
        return this.#array(depth + 1);
      case 0x56: // V
        return null;
      case 0x6c: // l
        return integer('long', bytes.readBigInt64BE(this.#take(8)));
      case 0x54: // T
        return new Typed('timestamp', small(bytes.readBigUInt64BE(this.#take(8))));
      case 0x62: // b
        return new Typed('byte', bytes.readInt8(this.#take(1)));
      case 0x42: // B
        return new Typed('unsignedbyte', bytes.readUInt8(this.#take(1)));
      case 0x73: // s
        return new Typed('short', bytes.readInt16BE(this.#take(2)));
      case 0x75: // u
        return new Typed('unsignedshort', bytes.readUInt16BE(this.#take(2)));
      case 0x69: // i
        return new Typed('unsignedint', bytes.readUInt32BE(this.#take(4)));
      case 0x66: // f
        return new Typed('float', bytes.readFloatBE(this.#take(4)));
      case 0x64: // d
        return double(bytes.readDoubleBE(this.#take(8)));
      case 0x44: // D
        return this.#decimal();
      case 0x78: // x
        return this.#binary();
      default:
        throw syntaxError('4.2.5.5', `a field has the unknown type 0x${letter.toString(16).padStart(2, '0')}`);
    }
  }

  #text(): string | Typed {
    const bytes = this.#binary();
    const text = bytes.toString('utf8');
    // Replacement characters are rare in earnest; only then is it worth asking whether they were sent.
    return text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes) ? new Typed('longstr', bytes) : text;
  }

  #binary(): Buffer {
    const length = this.#bytes.readUInt32BE(this.#take(4));
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** The specification calls the value signed; RabbitMQ and its clients read and write it without a sign. */
  #decimal(): Typed {
    const at = this.#take(5);
    return new Typed('decimal', { scale: this.#bytes.readUInt8(at), value: this.#bytes.readUInt32BE(at + 1) });
  }
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A number stands for itself where its type can be told from it, and is wrapped where it can't. */
function integer(type: FieldType, value: bigint): FieldValue {
  const number = small(value);
  return typeof number === 'bigint' || numberType(number) === type ? number : new Typed(type, number);
}

function double(value: number): FieldValue {
  return numberType(value) === 'double' ? value : new Typed('double', value);
}
