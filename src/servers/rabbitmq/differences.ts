/** What differs between the releases of RabbitMQ that this server follows. The code asks for a difference, not for a release. */
import type { Difference, Traits } from '../releases.ts';

const OLD = ['3.10'];
const NEW = ['4.0'];

/** Each difference is held on both sides by scripts in `test/servers/rabbitmq/contract/`. */
export const DIFFERENCES = {
  anonymousLogin: { what: 'Who says nothing of itself (ANONYMOUS) is the guest.', in: NEW },
  headerOfAmqp10: { what: 'A client of another protocol is told of AMQP 1.0 before the server hangs up.', in: NEW },
  largeMessages: { what: 'A message may have 128 MiB; else 16 MiB.', in: OLD },
  sortedHeaders: { what: "A message's headers arrive in the order of their names.", in: NEW },
  strictHeaderTypes: { what: 'For a headers exchange an integer equals no fraction and no time.', in: NEW },
  unknownTypeEndsConnection: { what: 'Declaring an exchange of an unknown type ends the connection.', in: OLD },
  typeOfEveryQueue: { what: 'A queue declared without a type is one of type classic, in texts too.', in: NEW },
  leaderOfClassicQueues: { what: 'A classic queue takes the argument x-queue-leader-locator.', in: NEW },
  ownDeathRecord: {
    what: 'Deaths are what the broker has seen: a header x-death that a client sends counts for nothing. The last death has headers, too.',
    in: NEW,
  },
  deliveryLimitByDefault: { what: 'A quorum queue gives a message up after 20 returns; -1 is no limit.', in: NEW },
  highAndNormalPriority: {
    what: 'A quorum queue gives out two messages of a priority above 4 for each other one.',
    in: NEW,
  },
  countsBeforeReturns: { what: 'basic.get from a quorum queue tells a delivery count of 0.', in: OLD },
  deliveryModeInStreams: { what: 'A message from a stream always has a delivery mode.', in: NEW },
  wordingOfStreams: {
    what: 'Refusals of streams are worded otherwise, and x-stream-filter-size-bytes is looked at.',
    in: NEW,
  },
  handsOutAfterCancel: {
    what: 'Where a consumer of a classic queue is cancelled, the queue looks for what has expired, and whoever follows a single active one is handed at once what waits; else when another one comes, or something is given back.',
    in: NEW,
  },
  rejectedIsDelivered: {
    what: 'What a client rejects in a quorum queue comes to the next one as delivered once before.',
    in: NEW,
  },
  returnsToStreams: {
    what: 'A stream takes what is given back for acknowledged; else that ends the connection.',
    in: NEW,
  },
  lastWordsInWebStomp: {
    what: 'The ERROR or RECEIPT before the end of a WebSocket still reaches the client.',
    in: NEW,
  },
  lineFeedAfterRefusal: { what: 'The text of a refused STOMP login ends in a line feed.', in: OLD },
} satisfies Readonly<Record<string, Difference>>;

export type BrokerTraits = Traits<typeof DIFFERENCES>;
