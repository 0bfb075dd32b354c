/**
 * What differs between the releases of Redis, and of Valkey, that this server follows. The code asks for a difference,
 * not for a release. What COMMAND tells of each command is in `commands/by-release.ts`.
 */
import { type Difference, type Traits, traitsOf } from '../releases.ts';
import { type RedisRelease, releaseFor } from './releases.ts';

const OLD = ['7.0'];
const REDIS8 = ['8.0'];
const VALKEY = ['valkey-8.1'];
const NEW = [...REDIS8, ...VALKEY];

/** Each difference is held on both sides by scripts in `test/servers/redis/contract/`. */
export const DIFFERENCES = {
  shortDoubles: {
    what: 'Scores have the fewest digits that read back as the same number: 0.1, not 0.10000000000000001.',
    in: NEW,
  },
  shortCoordinates: { what: 'So have longitudes and latitudes.', in: REDIS8 },
  fieldExpiry: {
    what: 'Fields of hashes expire (HEXPIRE and its kin, HGETEX, HSETEX), and HGETDEL takes them out.',
    in: REDIS8,
  },
  servedAnew: {
    what: 'A client that waited carries its command out anew when a key is ready: errors and the choice of the key are those of that moment.',
    in: NEW,
  },
  waitsInScripts: { what: 'Scripts may call commands that block; they do not wait.', in: NEW },
  timeStandsStill: {
    what: 'Within a script or a transaction no time passes: TIME, PTTL and what new times to live count from stand still.',
    in: NEW,
  },
  processClock: { what: 'Scripts have os.clock, the processor time that the server has used.', in: NEW },
  compactLists: { what: 'A short list is encoded as a listpack.', in: NEW },
  compactSets: { what: 'A small set of texts is encoded as a listpack.', in: NEW },
  pushesLast: {
    what: 'What a client is pushed because of its own command comes behind the reply.',
    in: NEW,
  },
  rankWithScore: { what: 'ZRANK and ZREVRANK take WITHSCORE.', in: NEW },
  activeTimes: { what: 'XINFO tells since when a consumer has got nothing (inactive, active-time).', in: NEW },
  unbalancedByCommand: { what: 'A wrong number of streams is told by the name of the command.', in: NEW },
  lastEntryTold: { what: 'XREAD with too few ids tells that + is one.', in: REDIS8 },
  keysOfAnyCommand: { what: 'COMMAND GETKEYS asks for no argument behind the command.', in: NEW },
  sanitizePayload: { what: 'ACL tells the flag sanitize-payload.', in: NEW },
  noValues: { what: 'HSCAN takes NOVALUES.', in: NEW },
  maxAge: { what: 'CLIENT KILL takes MAXAGE.', in: NEW },
  lastEntry: { what: 'XREAD takes + for the last entry.', in: NEW },
  setIfEqual: { what: 'SET takes IFEQ.', in: VALKEY },
  logLevelWording: {
    what: 'redis.log calls its level a log level, and redis.set_repl asks for one argument.',
    in: NEW,
  },
  libraryInfo: { what: 'CLIENT SETINFO names the library; CLIENT LIST and INFO tell more of clients.', in: NEW },
  ownWording: { what: 'Errors of scripts and functions say `server.` for `redis.`, and other words.', in: VALKEY },
  scriptingEngines: { what: "A script's engine may be written in any case.", in: VALKEY },
  openBitRange: { what: 'BITCOUNT takes a start without an end.', in: VALKEY },
  knownTypesOnly: { what: 'SCAN refuses a TYPE that there is not.', in: VALKEY },
  noSharedIntegers: { what: 'OBJECT REFCOUNT is 1 for small integers, too.', in: VALKEY },
  embeddedKeys: { what: 'A string is embstr only where it fits in 64 bytes together with its key.', in: VALKEY },
  clientIdSyntax: { what: 'A client id that is no number is a syntax error.', in: VALKEY },
  readonlyEverywhere: { what: 'READONLY and READWRITE are accepted outside of a cluster.', in: VALKEY },
  lagNeedsEntries: {
    what: 'The lag of a group that stands before the first entry is not known where entries were deleted.',
    in: VALKEY,
  },
  queuesNothingWithoutMemory: {
    what: 'Without memory nothing is queued in a transaction, whatever it is; it can only be ended.',
    in: OLD,
  },
  oldTable: { what: 'COMMAND tells of older flags, tips and key specs.', in: OLD },
  valkeyTable: { what: 'COMMAND tells of flags, tips and key specs that Valkey has changed.', in: VALKEY },
} satisfies Readonly<Record<string, Difference>>;

export type RedisTraits = Traits<typeof DIFFERENCES>;

export const traitsOfRelease = (release: RedisRelease): RedisTraits => traitsOf(DIFFERENCES, release);

/** What the default release has. */
export const DEFAULT_TRAITS = traitsOfRelease(releaseFor(undefined));
