// A run as far as the page has it: its lines, and what is looked up and counted in them.

/** Of a run that goes on and on, so many lines are kept: a browser has memory for them, and can scroll so far. */
const MOST_LINES = 300_000;
/** So many messages have a row in who got what. */
const MOST_NAMES = 40;
const TAKEN = new Set(['delivered', 'redelivered', 'received', 'pushed']);
const LATE = new Set(['delivered', 'redelivered', 'responded']);

export class Run {
  lines = [];
  /** Lines that came and are no longer kept. */
  dropped = 0;
  participants = [];
  tables = [];
  end = undefined;
  #most;

  constructor({ language, title, servers }, start, most = MOST_LINES) {
    Object.assign(this, { language, title, servers, start });
    this.#most = most;
    this.#forget();
  }

  /** Takes a piece, as text. */
  add(piece, event) {
    if (piece.piece === 'who') this.participants = piece.participants;
    else if (piece.piece === 'table') this.tables.push(JSON.parse(event));
    else if (piece.piece === 'gone') this.dropped += piece.lines;
    else if (piece.piece === 'end') this.end = JSON.parse(event);
    else if (piece.piece === 'line') this.#line(piece, event);
  }

  #line(line, event) {
    line.n = this.dropped + this.lines.length;
    line.raw = event;
    this.lines.push(line);
    this.#learn(line);
    if (this.lines.length > this.#most) this.drop(Math.ceil(this.#most / 3));
  }

  /** Forgets the first lines. */
  drop(count) {
    this.lines.splice(0, count);
    this.dropped += count;
    this.#forget();
    for (const line of this.lines) this.#learn(line);
  }

  #forget() {
    this.steps = new Map();
    this.frames = new Map();
    this.messages = new Map();
    this.checks = [];
    this.links = new Map();
    this.taken = new Map();
    this.takers = new Set();
    this.latencies = [];
    this.times = [];
  }

  #learn(line) {
    const { row, message, peer } = line;
    if (row.kind === 'check') this.checks.push(line);
    if (line.type === 'frame') this.frames.set(line.seq, line);
    if (!message) return;
    const { id, among = [], stage } = message;
    for (const one of [id, ...among]) {
      const steps = this.steps.get(one);
      if (steps) steps.push(line);
      else this.steps.set(one, [line]);
    }
    for (const seq of message.frames) if (!this.messages.has(seq)) this.messages.set(seq, id);
    if (row.kind === 'arrow') {
      const link = [row.from, row.to].sort().join('\u0000');
      this.links.set(link, (this.links.get(link) ?? 0) + 1);
    }
    if (TAKEN.has(stage)) this.#take([id, ...among], line.name ?? id, peer, row.from);
    if (LATE.has(stage) && message.latencyMs !== undefined) this.latencies.push([row.at, message.latencyMs]);
    if (message.seen) this.times.push(row.at);
  }

  /** Of several that it may be, none is said to be it. */
  #take([first, ...among], called, peer, server) {
    this.takers.add(peer);
    const id = [first, ...among].join(' ');
    const name = [called, ...among.map((other) => this.steps.get(other)?.[0]?.name ?? other)].join(' / ');
    const known = this.taken.get(id) ?? (this.taken.size < MOST_NAMES ? { name, server, by: new Map() } : undefined);
    if (!known) return;
    this.taken.set(id, known);
    known.by.set(peer, (known.by.get(peer) ?? 0) + 1);
  }

  /** The message that a line belongs to, if any. */
  messageOf(line) {
    return line.message?.id ?? this.messages.get(line.seq);
  }

  stepsOf(id) {
    return this.steps.get(id) ?? [];
  }

  /** The frames that a line was derived from, or is. */
  framesOf(line) {
    if (line.type === 'frame') return [line];
    const seqs = line.message?.frames ?? eventOf(line).frames ?? [];
    return seqs.map((seq) => this.frames.get(seq)).filter(Boolean);
  }
}

/** The event behind a line: read only where it is shown. */
export function eventOf(line) {
  return JSON.parse(line.raw);
}
