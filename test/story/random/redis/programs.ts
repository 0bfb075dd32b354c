/** Random programs for Redis: what some connections send, and when it arrives. */
import fc from 'fast-check';
import { commands, type Uses } from './commands.ts';
import type { Words } from './wires.ts';

export type Step =
  | { readonly do: 'send'; readonly client: number; readonly commands: readonly Words[] }
  | { readonly do: 'reach'; readonly client: number; readonly count: number }
  | { readonly do: 'see'; readonly client: number }
  | { readonly do: 'settle' }
  | { readonly do: 'cut'; readonly client: number; readonly how: 'never' | 'before' | 'later' }
  | { readonly do: 'pass'; readonly ms: number };

export interface Program {
  readonly clients: number;
  /** Which of them speak RESP3. */
  readonly resp3: readonly boolean[];
  readonly steps: readonly Step[];
}

/** How long a program is, in steps. */
interface Extent {
  readonly clients?: number | undefined;
  readonly minLength: number;
  readonly maxLength?: number;
}

/** What ends a silence, so that an answer shows that everything before it was carried out. */
const PROOF: readonly Words[] = [['DISCARD'], ['CLIENT', 'REPLY', 'ON'], ['PING']];

/** Every answer is waited for before anybody sends anything. */
function politePrograms(uses: Uses, { clients = 3, minLength, maxLength = 30 }: Extent): fc.Arbitrary<Program> {
  const step = fc.record({ client: fc.nat(clients - 1), commands: commands(uses) });
  return fc.record({ resp3: RESP3, steps: fc.array(step, { minLength, maxLength }) }).map(({ resp3, steps }) => ({
    clients: 3,
    resp3,
    steps: [...steps, ...[0, 1, 2].map((client) => ({ client, commands: PROOF }))].flatMap(
      ({ client, commands: all }) =>
        all.flatMap((words): Step[] => [{ do: 'send', client, commands: [words] }, { do: 'settle' }]),
    ),
  }));
}

const RESP3 = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());

/** Bytes are under way as long as it pleases them. */
export function wildPrograms(uses: Uses, { minLength, maxLength = 40 }: Extent): fc.Arbitrary<Program> {
  const client = fc.nat(2);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        client,
        commands: fc.array(commands(uses), { minLength: 1, maxLength: 3 }).map((all) => all.flat()),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ do: fc.constant('reach' as const), client, count: fc.constantFrom(1, 1, 2, 99) }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('see' as const), client }) },
    { weight: 1, arbitrary: fc.constant({ do: 'settle' as const }) },
    {
      weight: uses.expiry || uses.blocking || uses.awaited || uses.control ? 2 : 0,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 4, 10, 60) }),
    },
    {
      weight: uses.cuts ? 1 : 0,
      arbitrary: fc.record({
        do: fc.constant('cut' as const),
        client,
        how: fc.constantFrom('never' as const, 'before' as const, 'later' as const),
      }),
    },
  );
  return fc.record({ clients: fc.constant(3), resp3: RESP3, steps: fc.array(step, { minLength, maxLength }) });
}

const CERTAIN: Uses = { streams: true, pubsub: true, transactions: true, databases: true };
const ALL: Uses = {
  ...CERTAIN,
  approximate: true,
  silence: true,
  blocking: true,
  expiry: true,
  scripts: true,
  cuts: true,
};

export interface KindOfProgram {
  readonly programs: fc.Arbitrary<Program>;
  /** Every command waits for the answer of the one before, and nothing happens by itself: all can be known. */
  readonly isCertain: boolean;
}

/** By what they are about. @param minLength how many steps they have at least */
export function kindsOf(minLength = 1): { readonly [name: string]: KindOfProgram } {
  const polite = (uses: Uses, clients?: number): KindOfProgram => ({
    programs: politePrograms(uses, { minLength, clients }),
    isCertain: true,
  });
  const wild = (uses: Uses): KindOfProgram => ({ programs: wildPrograms(uses, { minLength }), isCertain: false });
  return {
    'lists and keys, one after the other': polite({}),
    'silence of one client': polite({ silence: true, databases: true, listsOnly: true }, 1),
    'entries of streams that are acknowledged, claimed and deleted by name, one after the other': polite({ ids: true }),
    'everything that can be certain': polite(CERTAIN),
    'lists, while bytes are under way': wild({}),
    'who waits for lists': wild({ blocking: true, databases: true, transactions: true }),
    streams: wild({ streams: true, approximate: true, transactions: true }),
    'entries of streams that are named': wild({ ids: true, transactions: true }),
    'publish and subscribe': wild({ pubsub: true, transactions: true }),
    'commands whose answers are suppressed': wild({ silence: true, transactions: true, databases: true }),
    'publications whose answers are suppressed': wild({ silence: true, pubsub: true }),
    'keys that expire': wild({ expiry: true }),
    scripts: wild({ scripts: true, pubsub: true }),
    'connections that are lost': wild({ cuts: true, blocking: true }),
    'everything at once': wild(ALL),
    'keys of every type, one after the other': polite({ types: true, databases: true }),
    'bodies that are long, or no text, one after the other': polite({ bodies: true, dumps: true, pubsub: true }),
    'bodies that are long, or no text': wild({ bodies: true, pubsub: true, scripts: true, transactions: true }),
    'keys of every type': wild({ types: true, databases: true, transactions: true, blocking: true }),
    'who waits for entries': wild({ awaited: true, transactions: true }),
    'clients that unblock, end and hold up each other': wild({
      control: true,
      blocking: true,
      awaited: true,
      pubsub: true,
    }),
    'versions of the protocol, and what servers say by themselves': wild({
      dialects: true,
      pubsub: true,
      transactions: true,
    }),
    'a server that evicts': wild({ eviction: true, streams: true }),
    'streams and channels of connections that are lost': wild({
      cuts: true,
      streams: true,
      ids: true,
      pubsub: true,
      transactions: true,
      databases: true,
    }),
    'all that there is': wild({
      ...ALL,
      ids: true,
      types: true,
      awaited: true,
      control: true,
      dialects: true,
      bodies: true,
      dumps: true,
    }),
  };
}

/** Shorter ones, since sockets take their time. */
export const THROUGH_TAPS = wildPrograms({ ...CERTAIN, blocking: true }, { minLength: 1, maxLength: 25 });
