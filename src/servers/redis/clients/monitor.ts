/** MONITOR: who sees every command, and the lines that they see. */
import type { Session } from './session.ts';

const NAMED: Record<string, string> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x07': '\\a',
  '\b': '\\b',
  '"': '\\"',
  '\\': '\\\\',
};

/** A byte string in quotes, as Redis prints it. */
function quote(text: string): string {
  const escaped = text.replace(
    /[\\"\p{Cc}\xa0-\xff]/gu,
    (byte) => NAMED[byte] ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}

function monitorLine(nowMs: number, session: Session, args: readonly string[]): string {
  const seconds = Math.floor(nowMs / 1000);
  const micros = String(Math.floor((nowMs % 1000) * 1000)).padStart(6, '0');
  const from = session.connection?.address ?? 'lua';
  return `${seconds}.${micros} [${session.db.index} ${from}] ${args.map(quote).join(' ')}`;
}

export class Monitors {
  readonly #sessions = new Set<Session>();

  get size(): number {
    return this.#sessions.size;
  }

  add(session: Session): void {
    this.#sessions.add(session);
  }

  remove(session: Session): void {
    this.#sessions.delete(session);
  }

  /** Shows a command of a session to all others that monitor. */
  show(nowMs: number, session: Session, args: readonly string[]): void {
    const line = monitorLine(nowMs, session, args);
    for (const monitor of this.#sessions) {
      if (monitor === session) continue;
      monitor.out.simple(line);
      monitor.connection?.markDirty();
    }
  }
}
