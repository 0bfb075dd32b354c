/** Who waits for a key, and who is served first when it is ready: those who have waited longest. */
import type { Blocked, Session } from '../clients/session.ts';
import type { Engine } from '../dispatch/engine.ts';
import { ReplyError } from '../errors.ts';
import type { Database } from './database.ts';

export class Blocking {
  readonly #engine: Engine;
  #ready: { db: Database; key: string }[] = [];
  #readySet = new Set<string>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Makes a session wait. `timeoutMs` of 0 is for ever. */
  block(session: Session, wait: Omit<Blocked, 'cancelTimer' | 'db'>, timeoutMs: number): void {
    const { db } = session;
    const cancelTimer =
      timeoutMs > 0
        ? this.#after(timeoutMs, () => this.#release(session, () => session.blocked!.timeout()))
        : undefined;
    session.blocked = { ...wait, db, cancelTimer };
    this.#engine.stats.blocked++;
    for (const key of wait.keys) {
      let waiting = db.blocked.get(key);
      if (waiting === undefined) {
        waiting = new Set();
        db.blocked.set(key, waiting);
      }
      waiting.add(session);
    }
  }

  /** Timers hold at most 2^31 milliseconds; longer waits go on in steps. */
  #after(delayMs: number, action: () => void): () => void {
    const step = Math.min(delayMs, 2 ** 31 - 1);
    let cancel = this.#engine.clock.after(step, () => {
      if (delayMs > step) cancel = this.#after(delayMs - step, action);
      else action();
    });
    return () => cancel();
  }

  ready(db: Database, key: string): void {
    const name = `${db.index}:${key}`;
    if (this.#readySet.has(name)) return;
    this.#readySet.add(name);
    this.#ready.push({ db, key });
  }

  /** Serves whoever can be served; to be called when no command is running. */
  serve(): void {
    while (this.#ready.length > 0) {
      const ready = this.#ready;
      this.#ready = [];
      this.#readySet.clear();
      for (const { db, key } of ready) {
        for (const session of [...(db.blocked.get(key) ?? [])]) {
          const { blocked } = session;
          if (blocked === undefined) continue;
          let served: boolean;
          try {
            served = blocked.serve(key);
          } catch (error) {
            if (!(error instanceof ReplyError)) throw error;
            session.error(error.message);
            served = true;
          }
          if (served) this.#release(session);
        }
      }
    }
  }

  /** Ends a wait: as if its time were up, or with an error. False when it was not blocked. */
  unblock(session: Session, error?: string): boolean {
    const { blocked } = session;
    if (blocked === undefined || blocked.kind === 'pause' || blocked.kind === 'script') return false;
    this.#release(session, () => (error === undefined ? blocked.timeout() : session.error(error)));
    return true;
  }

  /** Forgets a session that has gone. */
  forget(session: Session): void {
    const { blocked } = session;
    if (blocked === undefined) return;
    blocked.cancelTimer?.();
    for (const key of blocked.keys) {
      const waiting = blocked.db.blocked.get(key);
      waiting?.delete(session);
      if (waiting?.size === 0) blocked.db.blocked.delete(key);
    }
    session.blocked = undefined;
    this.#engine.stats.blocked--;
  }

  #release(session: Session, reply?: () => void): void {
    reply?.();
    this.forget(session);
    session.connection?.resume();
  }
}
