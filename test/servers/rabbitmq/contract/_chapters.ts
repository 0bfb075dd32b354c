/** All scripts, in the chapters of the compatibility page. */

import { Bench, type Script } from './_script.ts';
import { StompBench, type StompScript } from './_stomp-script.ts';
import type { Subject } from './_subject.ts';
import { connecting } from './connecting.ts';
import { consuming } from './consuming.ts';
import { declaring } from './declaring.ts';
import { framing } from './framing.ts';
import { limits } from './limits.ts';
import { messages } from './messages.ts';
import { overtaking } from './overtaking.ts';
import { quorumQueues } from './quorum.ts';
import { restarting } from './restarting.ts';
import { routing } from './routing.ts';
import { stomp } from './stomp.ts';
import { streams } from './streams.ts';

/** A script of either protocol. */
export interface Playable {
  readonly title: string;
  /** Why outcomes may differ in some way, if they may. */
  readonly loosely: string | undefined;
  /** What comes of it, without what each run has of its own: `prefix` stands before every name that it declares. */
  play(subject: Subject, prefix: string): Promise<unknown>;
}

export interface Chapter {
  /** Its file of pins. */
  readonly name: string;
  readonly title: string;
  readonly scripts: readonly Playable[];
}

function overAmqp({ title, run, loosening }: Script): Playable {
  return {
    title,
    loosely: loosening?.why,
    async play(subject, prefix) {
      const bench = new Bench(subject, prefix);
      try {
        const told = bench.comparable(await run(bench));
        return loosening ? loosening.loosen(told) : told;
      } finally {
        bench.close();
      }
    },
  };
}

function overStomp({ title, run }: StompScript): Playable {
  return {
    title,
    loosely: undefined,
    async play(subject, prefix) {
      const bench = new StompBench(subject.stomp, prefix);
      try {
        return bench.comparable(await run(bench));
      } finally {
        bench.close();
      }
    },
  };
}

const amqp = (name: string, title: string, scripts: readonly Script[]): Chapter => ({
  name,
  title,
  scripts: scripts.map(overAmqp),
});

export const CHAPTERS: readonly Chapter[] = [
  amqp('declaring', 'Exchanges, queues and bindings', declaring),
  amqp('routing', 'Routing', routing),
  amqp('messages', 'Publishing, getting, acknowledging', messages),
  amqp('consuming', 'Consuming', consuming),
  amqp('limits', 'Expiry, limits, dead letters, priorities, quorum queues', [...limits, ...overtaking]),
  amqp('quorum', 'Quorum queues', quorumQueues),
  amqp('streams', 'Streams', streams),
  amqp('connecting', 'Connections and channels', connecting),
  amqp('framing', 'Frames that break the rules', framing),
  amqp('restarting', 'Restarts', restarting),
  { name: 'stomp', title: 'STOMP over WebSocket', scripts: stomp.map(overStomp) },
];
