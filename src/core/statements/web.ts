/** What can be said of HTTP and WebSocket connections. */

/** A status line. */
export type Answer = { status: number; reason: string };
/** Which side ended the connection first; `cut` where neither did. */
export type Ended = { by: 'client' | 'server' | 'cut'; peer: string };
type Said = { by: 'client' | 'server'; peer: string };

const FAULTS: Record<string, string> = {
  'lf-alone': 'a line ends with LF alone',
  'folded-header': 'a header is folded over two lines',
  'blank-before-colon': 'a blank stands before a colon',
  'repeated-length': 'its length stands there more than once',
  'length-and-coding': 'its length and its transfer coding contradict each other',
};

export const web = {
  // Requests and responses.
  REQUEST_TRUNCATED: (ended: Ended) => `its body is cut off: ${whoEnded(ended)}`,
  ANSWERED_EARLY: (_: object) => 'its body was not complete when it was answered',
  RESPONSE_TRUNCATED: (ended: Ended) => `cut off: ${whoEnded(ended)}`,
  /** `message` is what the request is called: `#7`. */
  NO_RESPONSE: ({ message, request, ...ended }: Ended & { message?: string; request: string }) =>
    `${message === undefined ? '' : `${message} `}${request} has no response: ${whoEnded(ended)}`,
  RESPONSE_UNREAD: ({ message, request }: { message?: string; request: string }) =>
    `whether ${message === undefined ? '' : `${message} `}${request} was answered can't be told: what the server says can't be read`,
  /** `request` is what it is about; `hasMore` says that the request is not there as a whole yet. */
  INTERIM_RESPONSE: ({ request, hasMore, ...answer }: Answer & { request?: string; hasMore?: boolean }) => {
    const about = request === undefined ? 'the response is' : `the response to ${request} is`;
    return hasMore
      ? `${line(answer)}: ${request} is still to come, with its body`
      : `${line(answer)}: ${about} still to come`;
  },
  RESPONSE_UNASKED: (answer: Answer) => `${line(answer)}: answers no request`,
  RESPONSE_FAULTY: ({ faults }: { faults: string[] }) =>
    `the response is not quite HTTP, though clients read it: ${faults.map((fault) => FAULTS[fault] ?? fault).join(', ')}`,
  EVENT_STREAM_ENDED: (_: object) => 'the event stream ends',
  EVENT_STREAM_CUT: (ended: Ended) => `the event stream ends: ${whoEnded(ended)}`,

  // What a connection becomes.
  UPGRADE_ASKED: ({ method, target }: { method: string; target: string }) =>
    `${method} ${target}: asks to upgrade to WebSocket`,
  UPGRADED: (answer: Answer) => `${line(answer)}: both sides may speak now`,
  UPGRADE_REFUSED: (answer: Answer) => `${line(answer)}: the upgrade is refused`,
  UPGRADE_UNANSWERED: (ended: Ended) => `the upgrade is not answered: ${whoEnded(ended)}`,
  OTHER_PROTOCOL: ({ protocol }: { protocol: string }) => `what follows is ${protocol}, which is not read`,

  // What is said on a WebSocket.
  WEBSOCKET_CLOSE: ({ by, peer, code, reason }: Said & { code: number; reason: string }) =>
    `close from ${by === 'client' ? peer : 'the server'}${code === NO_CODE ? ', without a code' : `: ${code}`}${reason === '' ? '' : ` ${reason}`}`,
  WEBSOCKET_BROKEN: (ended: Ended) => `nobody said goodbye: ${whoEnded(ended)}`,
} as const;

/** Stands for a close frame without a code (RFC 6455 §7.1.5). */
export const NO_CODE = 1005;

export function line({ status, reason }: Answer): string {
  return reason === '' ? String(status) : `${status} ${reason}`;
}

function whoEnded({ by, peer }: Ended): string {
  if (by === 'cut') return 'the connection was cut';
  return `${by === 'client' ? peer : 'the server'} ended the connection`;
}
