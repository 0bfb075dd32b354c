/** Writes field tables. */
import { type Decimal, type FieldTable, type FieldType, type FieldValue, fieldType, Typed } from './table.ts';

const LETTERS: Record<FieldType, number> = {
  bool: 0x74,
  byte: 0x62,
  unsignedbyte: 0x42,
  short: 0x73,
  unsignedshort: 0x75,
  signedint: 0x49,
  unsignedint: 0x69,
  long: 0x6c,
  float: 0x66,
  double: 0x64,
  decimal: 0x44,
  longstr: 0x53,
  binary: 0x78,
  timestamp: 0x54,
  array: 0x41,
  table: 0x46,
  void: 0x56,
};

type NumberType = Exclude<FieldType, 'longstr' | 'binary' | 'table' | 'array' | 'void' | 'decimal'>;
interface NumberLayout {
  readonly size: number;
  write(bytes: Buffer, at: number, value: number | bigint | boolean): void;
}

const NUMBERS: Record<NumberType, NumberLayout> = {
  bool: { size: 1, write: (bytes, at, value) => bytes.writeUInt8(Number(value), at) },
  byte: { size: 1, write: (bytes, at, value) => bytes.writeInt8(Number(value), at) },
  unsignedbyte: { size: 1, write: (bytes, at, value) => bytes.writeUInt8(Number(value), at) },
  short: { size: 2, write: (bytes, at, value) => bytes.writeInt16BE(Number(value), at) },
  unsignedshort: { size: 2, write: (bytes, at, value) => bytes.writeUInt16BE(Number(value), at) },
  signedint: { size: 4, write: (bytes, at, value) => bytes.writeInt32BE(Number(value), at) },
  unsignedint: { size: 4, write: (bytes, at, value) => bytes.writeUInt32BE(Number(value), at) },
  long: { size: 8, write: (bytes, at, value) => bytes.writeBigInt64BE(BigInt(value), at) },
  float: { size: 4, write: (bytes, at, value) => bytes.writeFloatBE(Number(value), at) },
  double: { size: 8, write: (bytes, at, value) => bytes.writeDoubleBE(Number(value), at) },
  timestamp: { size: 8, write: (bytes, at, value) => bytes.writeBigUInt64BE(BigInt(value), at) },
};

/** The empty table: a length of zero. */
export const EMPTY_TABLE = Buffer.alloc(4);

/** Encodes a table with its 32-bit length. Fields that are undefined are left out. Throws a RangeError where a value does not fit its type. */
export function encodeTable(table: FieldTable): Buffer {
  for (const _ in table) return new TableWriter().table(table).take();
  return EMPTY_TABLE;
}

class TableWriter {
  #bytes = Buffer.allocUnsafe(256);
  #at = 0;

  take(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  table(table: FieldTable): this {
    const start = this.#room(4);
    for (const [name, value] of Object.entries(table)) {
      if (value === undefined) continue;
      const length = Buffer.byteLength(name);
      if (length > 255) throw new RangeError(`the field name '${name.slice(0, 40)}...' is longer than 255 bytes`);
      const at = this.#room(1 + length);
      this.#bytes[at] = length;
      this.#bytes.write(name, at + 1, 'utf8');
      this.#value(value);
    }
    this.#bytes.writeUInt32BE(this.#at - start - 4, start);
    return this;
  }

  #array(items: readonly FieldValue[]): void {
    const start = this.#room(4);
    for (const item of items) this.#value(item);
    this.#bytes.writeUInt32BE(this.#at - start - 4, start);
  }

  /** Reserves `length` bytes and tells where they begin; `#bytes` may be another buffer afterwards. */
  #room(length: number): number {
    const at = this.#at;
    this.#at = at + length;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#at, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }

  #blob(bytes: Buffer): void {
    const at = this.#room(4 + bytes.length);
    this.#bytes.writeUInt32BE(bytes.length, at);
    bytes.copy(this.#bytes, at + 4);
  }

  #value(value: FieldValue): void {
    const type = fieldType(value);
    const letter = this.#room(1);
    this.#bytes[letter] = LETTERS[type];
    const inner = value instanceof Typed ? value.value : value;
    switch (type) {
      case 'longstr':
        this.#blob(typeof inner === 'string' ? Buffer.from(inner, 'utf8') : (inner as Buffer));
        return;
      case 'binary':
        this.#blob(inner as Buffer);
        return;
      case 'table':
        this.table(inner as FieldTable);
        return;
      case 'array':
        this.#array(inner as FieldValue[]);
        return;
      case 'void':
        return;
      case 'decimal': {
        const { scale, value } = inner as Decimal;
        const at = this.#room(5);
        this.#bytes.writeUInt8(scale, at);
        this.#bytes.writeUInt32BE(value, at + 1);
        return;
      }
      default: {
        const { size, write } = NUMBERS[type];
        const at = this.#room(size);
        write(this.#bytes, at, inner as number);
      }
    }
  }
}
