/** The ways in which replies may differ from Redis's, each with its reason. */
import { encodeValue, type RespValue } from '../../../../src/protocols/resp/index.ts';

export interface Loosening {
  readonly name: string;
  readonly why: string;
  /** The reply without what may differ. */
  readonly view: (value: RespValue) => RespValue;
}

const wire = (value: RespValue): string => encodeValue(value).toString('latin1');
const inOrder = (a: RespValue, b: RespValue): number => (wire(a) < wire(b) ? -1 : 1);

function withItems(value: RespValue, change: (items: readonly RespValue[]) => readonly RespValue[]): RespValue {
  if (!('items' in value)) return value;
  const items = change(value.items);
  return { ...value, items, length: items.length } as RespValue;
}

function pairs(items: readonly RespValue[]): RespValue[] {
  const all = Array.from({ length: items.length / 2 }, (_, i) => items.slice(2 * i, 2 * i + 2));
  return all.sort(([a], [b]) => inOrder(a!, b!)).flat();
}

function sorted(value: RespValue): RespValue {
  return withItems(value, (items) => (value.type === 'map' ? pairs(items) : items.toSorted(inOrder)));
}

function nested(value: RespValue): RespValue {
  return sorted(withItems(value, (items) => items.map(nested)));
}

function shape(value: RespValue): RespValue {
  if ('items' in value) return withItems(value, (items) => items.map(shape));
  if (value.type === 'integer') return { type: 'integer', value: 0 };
  if ('bytes' in value) return { ...value, bytes: Buffer.alloc(0), length: 0 };
  return value;
}

function untimed(value: RespValue): RespValue {
  if ('items' in value) return withItems(value, (items) => items.map(untimed));
  return value.type === 'integer' ? { type: 'integer', value: 0 } : value;
}

function simple(text: string): RespValue {
  return { type: 'simple', bytes: Buffer.from(text), length: text.length };
}

function isText(value: RespValue | undefined, text: string): boolean {
  return value !== undefined && 'bytes' in value && value.bytes.equals(Buffer.from(text));
}

/** A command's entry: flags, categories, tips and key specs sorted, without notes and subcommands. */
function entry(value: RespValue): RespValue {
  const spec = (one: RespValue): RespValue =>
    withItems(one, (items) => {
      const at = items.findIndex((item) => isText(item, 'notes'));
      return at === -1 ? items : items.toSpliced(at, 2);
    });
  return withItems(value, (items) =>
    items.map((item, index) => {
      if (index === 8) return withItems(item, (specs) => specs.map(spec));
      if (index === 9) return simple(item.type);
      return index === 2 || index === 6 || index === 7 ? sorted(item) : item;
    }),
  );
}

/** Commands of which only one of the two knows: vector sets (V...) are a module. */
export const NOT_BOTH =
  /^(restore-asking|cluster\|.*|client\|(setinfo|import-source)|commandlog(\|.*)?|script\|show|V.*)$/;

const all: readonly Loosening[] = [
  { name: 'sorted', why: 'The order is that of a hash table, which Redis does not promise.', view: sorted },
  {
    name: 'deep',
    why: 'As `sorted`, for the list inside the reply of a scan; cursors have no meaning of their own.',
    view: (value) => withItems(value, ([cursor, list]) => [cursor!, sorted(list!)]),
  },
  {
    name: 'shape',
    why: 'The reply tells times, sizes or random choices; only its types and lengths are compared.',
    view: shape,
  },
  { name: 'untimed', why: 'As `shape`, but for texts, which are compared: numbers tell times.', view: untimed },
  {
    name: 'modules',
    why: 'As `shape`, without the modules: Redis 8 comes with vector sets.',
    view: (value) => {
      const told = withItems(shape(value), (items) => items.slice(0, -1));
      return 'items' in value && value.items.length === 0 ? value : told;
    },
  },
  {
    name: 'shown',
    why: 'A line of MONITOR tells the time and the address of a client.',
    view: (value) => {
      if (value.type !== 'simple') return value;
      const line = value.bytes.toString('latin1').replace(/^[0-9]{10}[.][0-9]{6} /, 'time ');
      return simple(line.replace(/127[.]0[.]0[.]1:[0-9]+/, 'address'));
    },
  },
  { name: 'nested', why: 'As `sorted`, at every depth: replies of a transaction among them.', view: nested },
  {
    name: 'pairs',
    why: 'A flat list of pairs in the order of a hash table.',
    view: (value) => (value.type === 'array' ? withItems(value, pairs) : sorted(value)),
  },
  {
    name: 'table',
    why: 'Sets are told in the order of a hash table; subcommands are asked for one by one, and notes are prose.',
    view: (value) => withItems(value, (entries) => entries.map(entry)),
  },
  {
    name: 'names',
    why: 'As `sorted`, without what is absent here (RESTORE-ASKING, the subcommands of CLUSTER, vector sets, COMMANDLOG, CLIENT IMPORT-SOURCE, SCRIPT SHOW), and CLIENT SETINFO, which is absent in Redis 7.0.',
    view: (value) =>
      sorted(
        withItems(value, (items) =>
          items.filter((item) => !('bytes' in item) || !NOT_BOTH.test(item.bytes.toString('latin1'))),
        ),
      ),
  },
  {
    name: 'type',
    why: 'What is told differs by design (texts, sizes, what is listed); only the type of the reply is compared.',
    view: (value) => simple(value.type),
  },
  {
    name: 'refused',
    why: 'The embedded server answers an error that says so; Redis is not asked.',
    view: (value) => (value.type === 'error' ? simple('refused') : value),
  },
];

export const LOOSENINGS: Readonly<Record<string, Loosening>> = Object.fromEntries(all.map((one) => [one.name, one]));
