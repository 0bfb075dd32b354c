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

/** What stands for a secret. */
const REDACTED = '(redacted)';

/** A command without the passwords in it. */
function withoutSecrets(args: readonly string[]): readonly string[] {
  const name = args[0]?.toLowerCase();
  if (name === 'auth') return args.map((arg, i) => (i === 0 ? arg : REDACTED));
  if (name !== 'hello') return args;
  const shown = [...args];
  for (let i = 2; i < args.length; i += 2) {
    if (args[i]?.toLowerCase() !== 'auth') continue;
    shown.fill(REDACTED, i + 1, i + 3);
    i++;
  }
  return shown;
}

function monitorLine(nowMicros: number, session: Session, args: readonly string[]): string {
  const seconds = Math.floor(nowMicros / 1e6);
  const micros = String(nowMicros % 1e6).padStart(6, '0');
  const from = session.connection?.address ?? 'lua';
  return `${seconds}.${micros} [${session.db.index} ${from}] ${withoutSecrets(args).map(quote).join(' ')}`;
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

  /** Shows a command of a session to all that monitor. */
  show(nowMicros: number, session: Session, args: readonly string[]): void {
    const line = monitorLine(nowMicros, session, args);
    for (const monitor of this.#sessions) {
      if (monitor.silent) continue;
      monitor.wire.simple(line);
      monitor.connection?.markDirty();
    }
  }
}
