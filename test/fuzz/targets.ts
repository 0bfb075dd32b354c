/** What is fuzzed: every protocol, read as a tap reads it, and every port of the embedded servers. */
import { ProtocolError } from '../../src/core/errors.ts';
import type { Side } from '../../src/core/events.ts';
import type { Service } from '../../src/core/services.ts';
import amqpProtocol from '../../src/protocols/amqp/index.ts';
import httpProtocol from '../../src/protocols/http/index.ts';
import type { Conversation, Handshake, Protocol } from '../../src/protocols/protocol.ts';
import respProtocol from '../../src/protocols/resp/index.ts';
import stompProtocol from '../../src/protocols/stomp/index.ts';
import websocketProtocol from '../../src/protocols/websocket/index.ts';
import { createEngine } from '../../src/servers/redis/create.ts';
import { amqp, type Grammar, http, resp, stomp, websocket } from './grammar.ts';
import { Mutator } from './mutate.ts';
import { loadPorts } from './ports.ts';
import { recorded } from './sessions.ts';
import type { Target } from './target.ts';

const GRAMMARS: Readonly<Record<string, { grammar: Grammar; protocol: Protocol; from: readonly Service[] }>> = {
  amqp: { grammar: amqp, protocol: amqpProtocol, from: ['rabbitmq'] },
  resp: { grammar: resp(createEngine().commands), protocol: respProtocol, from: ['redis'] },
  http: { grammar: http, protocol: httpProtocol, from: ['http', 'stomp', 'ws'] },
  stomp: { grammar: stomp, protocol: stompProtocol, from: ['stomp'] },
  websocket: { grammar: websocket(stomp), protocol: websocketProtocol, from: ['stomp', 'ws'] },
};

const PROTOCOLS: Readonly<Record<string, Protocol>> = { websocket: websocketProtocol, stomp: stompProtocol };

/** Reads both sides as a tap does: nothing but a ProtocolError may come of it, and every frame can be described. */
function protocolTarget(name: string, { grammar, protocol, from }: (typeof GRAMMARS)[string]): Target {
  const mutators = (['client', 'server'] as const).map(
    (side) =>
      [
        side,
        new Mutator(
          grammar,
          from.flatMap((service) => recorded(service, side)),
        ),
      ] as const,
  );
  return {
    name: `tap: ${name}`,
    batch: 200,
    input: (random) => {
      const [ours, theirs] = mutators.map(([side, mutator]) =>
        mutator.session(random).map((chunk) => [side, chunk] as const),
      );
      // Client and server in turn, mixed.
      const chunks = [];
      for (let left = [ours ?? [], theirs ?? []]; left.length > 0; left = left.filter(({ length }) => length > 0)) {
        const next = random.of(left).shift();
        if (next) chunks.push(next);
      }
      return { fresh: true, chunks };
    },
    run({ chunks }) {
      const dead = new Set<Side>();
      const conversation = converse(protocol);
      for (const [side, chunk] of chunks)
        if (!dead.has(side)) tolerate(side, dead, () => conversation.push(side, chunk));
      for (const side of ['client', 'server'] as const)
        if (!dead.has(side)) tolerate(side, dead, () => conversation.end(side));
    },
    check: async () => true,
    close: async () => {},
  };
}

function converse(protocol: Protocol, handshake?: Handshake): Conversation {
  return protocol.converse({
    emit: (frame) => void (PROTOCOLS[frame.protocol] ?? protocol).describe(frame),
    carry: (name, shaken) => {
      const carried = PROTOCOLS[name];
      return carried && converse(carried, shaken);
    },
    ...(handshake ? { handshake } : {}),
  });
}

function tolerate(side: Side, dead: Set<Side>, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    dead.add(side);
  }
}

export async function loadTargets(): Promise<Target[]> {
  const protocols = Object.entries(GRAMMARS).map(([name, spoken]) => protocolTarget(name, spoken));
  return [...protocols, ...(await loadPorts())];
}
