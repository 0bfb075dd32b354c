/** An exchange: knows its bindings and what of them a message matches. */
import { type ExchangeType, equalValues, sameValues } from '../../../protocols/amqp/routing.ts';
import type { FieldTable } from '../../../protocols/amqp/table.ts';
import type { BrokerTraits } from '../differences.ts';
import type { Queue } from '../queues/queue.ts';
import type { Condition, RouteIndex } from './binding.ts';
import { DirectIndex } from './direct.ts';
import { FanoutIndex } from './fanout.ts';
import { HeadersIndex } from './headers.ts';
import { TopicIndex } from './topic.ts';

/** A binding between living things. */
export interface Bound extends Condition {
  readonly source: Exchange;
  readonly destination: Queue | Exchange;
}

const INDEXES: Record<ExchangeType, (traits: BrokerTraits) => RouteIndex<Bound>> = {
  direct: () => new DirectIndex(),
  fanout: () => new FanoutIndex(),
  topic: () => new TopicIndex(),
  headers: ({ strictHeaderTypes }) => new HeadersIndex(strictHeaderTypes ? sameValues : equalValues),
};

export function isExchangeType(type: string): type is ExchangeType {
  return Object.hasOwn(INDEXES, type);
}

export interface ExchangeSpec {
  readonly name: string;
  readonly type: ExchangeType;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** Only other exchanges may publish to it. */
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
}

export class Exchange {
  readonly resource = 'exchange';
  readonly spec: ExchangeSpec;
  readonly index: RouteIndex<Bound>;
  /** The bindings that begin here, by what makes them the same. */
  readonly outgoing = new Map<string, Bound>();
  /** What was found for a key since the topology last changed. */
  readonly found = new Map<string, readonly Queue[]>();
  foundIn = -1;

  constructor(spec: ExchangeSpec, traits: BrokerTraits) {
    this.spec = spec;
    this.index = INDEXES[spec.type](traits);
  }

  get name(): string {
    return this.spec.name;
  }

  get alternate(): string | undefined {
    const name = this.spec.arguments['alternate-exchange'];
    return typeof name === 'string' ? name : undefined;
  }
}
