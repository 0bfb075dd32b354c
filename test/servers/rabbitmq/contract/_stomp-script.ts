/** What the scripts of STOMP are played with. */
import { StompPeer } from '../../../helpers/stomp-peer.ts';

export interface StompScript {
  readonly title: string;
  readonly run: (bench: StompBench) => Promise<unknown>;
}

/** What a title says, asked of a server. */
export const script = (title: string, run: StompScript['run']): StompScript => ({ title, run });

export class StompBench {
  readonly url: string;
  readonly #prefix: string;
  readonly #peers: StompPeer[] = [];

  constructor(url: string, prefix: string) {
    this.url = url;
    this.#prefix = prefix;
  }

  name(short: string): string {
    return `${this.#prefix}${short}`;
  }

  async dial(): Promise<StompPeer> {
    const peer = await StompPeer.dial(this.url);
    this.#peers.push(peer);
    return peer;
  }

  async open(version?: string): Promise<StompPeer> {
    const peer = await StompPeer.open(this.url, version);
    this.#peers.push(peer);
    return peer;
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
  }

  /** The outcome without what each session and each run has of its own. */
  comparable(outcome: unknown): unknown {
    const text = JSON.stringify(outcome) ?? 'null';
    return JSON.parse(
      text
        .replaceAll(this.#prefix, '')
        .replace(/session-[\w-]{22}/g, 'session-*')
        .replace(/stomp-subscription-[\w-]{22}/g, 'stomp-subscription-*')
        .replace(/amq\.gen-[\w-]{22}/g, 'amq.gen-*')
        .replace(/"receipt":"r\d+"/g, '"receipt":"*"'),
    );
  }
}
