/** Both directions of one HTTP/1.1 connection: which response answers which request, and where HTTP ends. */
import { cut, Kept } from '../_kept.ts';
import { type Conversation, type Converse, type Handshake, KEEP_BYTES, type Phase, type Side } from '../protocol.ts';
import type { Emit } from './body.ts';
import { nameOf } from './describe.ts';
import { Direction } from './direction.ts';
import { type Framing, framingFaults, requestFraming, responseFraming } from './framing.ts';
import { httpError, parseRequest, parseResponse } from './head.ts';
import { type Headers, type HttpValue, headerTokens, type RequestValue, type ResponseValue } from './values.ts';

/** The most requests, and the most bytes of their heads, that may wait for their responses. */
const MAX_WAITING_REQUESTS = 1024;
const MAX_WAITING_BYTES = 1024 * 1024;

interface Waiting {
  readonly request: RequestValue;
  readonly sizeBytes: number;
  /** What the connection may become when the server agrees. */
  readonly turns: boolean;
}

export class HttpConversation implements Conversation {
  readonly #options: Converse;
  readonly #client: Direction;
  readonly #server: Direction;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** The client sent a request that may end HTTP here, and what it sends behind it is not understood yet. */
  #turning = false;
  readonly #early = new Kept(KEEP_BYTES);
  #clientFault: unknown;
  /** HTTP is over: what follows belongs to another protocol, which may be unknown. */
  #over = false;
  #carried: Conversation | undefined;

  constructor(options: Converse) {
    this.#options = options;
    this.#client = new Direction(
      'client',
      { head: (b) => this.#request(b), done: () => !this.#turning },
      this.#emitFrom('client'),
    );
    this.#server = new Direction(
      'server',
      { head: (b) => this.#response(b), done: () => !this.#over },
      this.#emitFrom('server'),
    );
  }

  push(from: Side, chunk: Buffer): void {
    if (from === 'client') this.#pushClient(chunk);
    else this.#pushServer(chunk);
  }

  end(from: Side): void {
    if (this.#over) this.#carried?.end(from);
    else (from === 'client' ? this.#client : this.#server).end();
  }

  cut(from: Side): void {
    if (this.#over) this.#carried?.cut?.(from);
    else (from === 'client' ? this.#client : this.#server).cut();
  }

  #pushClient(chunk: Buffer): void {
    if (this.#clientFault) throw this.#clientFault;
    // A 101 may come before the last byte of the request it answers, so the request is read to its end (RFC 9110 §7.8).
    const taken = this.#client.paused ? 0 : this.#client.read(chunk);
    if (taken === chunk.length) return;
    const rest = chunk.subarray(taken);
    if (this.#over) {
      this.#carried?.push('client', rest);
      return;
    }
    if (this.#early.size + rest.length > KEEP_BYTES) {
      throw httpError('client', 'RFC 9110 §7.8', 'the client went on without waiting for the answer to its upgrade');
    }
    this.#early.add(rest);
  }

  #pushServer(chunk: Buffer): void {
    const taken = this.#over ? 0 : this.#server.read(chunk);
    if (taken < chunk.length) this.#carried?.push('server', chunk.subarray(taken));
  }

  #request(bytes: Buffer): { of: RequestValue; framing: Framing } {
    const request = parseRequest(bytes);
    const framing = requestFraming(request);
    const waiting = {
      request,
      sizeBytes: bytes.length,
      turns: request.method === 'CONNECT' || upgrades(request.headers),
    };
    if (this.#waiting.length >= MAX_WAITING_REQUESTS || this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      throw httpError('client', 'RFC 9112 §9.3.2', 'too many requests wait for their responses', 429);
    }
    this.#waiting.push(waiting);
    this.#waitingBytes += bytes.length;
    this.#turning = waiting.turns;
    this.#emit('client', nameOf(request), request, bytes, bytes.length);
    return { of: request, framing };
  }

  #response(bytes: Buffer): { of: ResponseValue; framing: Framing } {
    const [waiting] = this.#waiting;
    const head = parseResponse(bytes);
    const faults = [...(head.faults ?? []), ...framingFaults(head)];
    const response: ResponseValue = {
      ...head,
      ...(faults.length > 0 ? { faults } : {}),
      ...(waiting ? { request: waiting.request } : {}),
    };
    const framing = responseFraming(response);
    const switches = response.status === 101;
    if (switches && !(waiting?.turns && agrees(waiting.request, response))) {
      throw httpError('server', 'RFC 9110 §7.8', 'the server switches to a protocol that the client did not offer');
    }
    this.#emit('server', nameOf(response), response, bytes, bytes.length);
    if (response.status < 200 && !switches) return { of: response, framing };
    this.#waiting.shift();
    this.#waitingBytes -= waiting?.sizeBytes ?? 0;
    const tunnels = waiting?.request.method === 'CONNECT' && response.status < 300;
    if (waiting && (switches || tunnels)) this.#leaveHttp(waiting.request, response);
    else if (waiting?.turns) this.#stayHttp();
    return { of: response, framing };
  }

  #leaveHttp(request: RequestValue, response: ResponseValue): void {
    this.#over = true;
    const [protocol] = headerTokens(response.headers, 'upgrade');
    if (response.status === 101 && protocol)
      this.#carried = this.#options.carry?.(protocol, handshake(request, response));
    if (this.#early.size > 0) this.#forClient((early) => this.#carried?.push('client', early));
  }

  #stayHttp(): void {
    this.#turning = false;
    this.#client.resume();
    if (this.#early.size > 0) this.#forClient((early) => this.#pushClient(early));
  }

  /** What the client sent too early is the client's: its fault must not be blamed on the server's bytes. */
  #forClient(read: (early: Buffer) => void): void {
    try {
      read(this.#early.take());
    } catch (error) {
      this.#clientFault = error;
    }
  }

  #emitFrom(from: Side): Emit {
    return (name, value, raw, sizeBytes) => this.#emit(from, name, value, raw, sizeBytes);
  }

  #emit(from: Side, name: string, value: HttpValue, raw: Buffer, sizeBytes: number): void {
    this.#options.emit({
      protocol: 'http',
      from,
      phase: phaseOf(value),
      name,
      sizeBytes,
      raw: cut(raw),
      value,
    });
  }
}

/** Only what becomes a WebSocket is a handshake; other clients offer upgrades with requests that are answered as they are. */
function phaseOf(value: HttpValue): Phase {
  if (value.kind === 'request') return opens(value) ? 'opening' : 'open';
  return value.kind === 'response' && value.status === 101 ? 'opening' : 'open';
}

function opens(request: RequestValue): boolean {
  return upgrades(request.headers) && headerTokens(request.headers, 'upgrade').includes('websocket');
}

function upgrades(headers: Headers): boolean {
  return headerTokens(headers, 'connection').includes('upgrade') && headerTokens(headers, 'upgrade').length > 0;
}

function agrees(request: RequestValue, response: ResponseValue): boolean {
  const offered = headerTokens(request.headers, 'upgrade');
  const chosen = headerTokens(response.headers, 'upgrade');
  return chosen.length > 0 && chosen.every((protocol) => offered.includes(protocol));
}

function handshake(request: RequestValue, response: ResponseValue): Handshake {
  return { request: asMap(request.headers), response: asMap(response.headers) };
}

/** Several fields of one name are one list (RFC 9110 §5.3). */
function asMap(headers: Headers): Map<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = map.get(key);
    map.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return map;
}
