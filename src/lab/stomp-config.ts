/** What a client of @stomp/stompjs has to know of the server that it is to reach. */
import type { WebSocket } from 'ws';

/** The part of stompjs's configuration that says where the server is, and who comes. */
export interface StompConfig {
  /** Opens the WebSocket that carries STOMP 1.2. */
  webSocketFactory(): WebSocket;
  /** User and password, which go into the frame CONNECT. */
  readonly connectHeaders: { readonly login: string; readonly passcode: string };
  /** In ms; 0 is never: whoever is cut off stays away, so that the trace shows it. */
  readonly reconnectDelay: number;
}

/** Puts the URL of a STOMP server as stompjs wants it: WebSockets take no user and password in theirs. */
export async function stompConfig(url: string): Promise<StompConfig> {
  const { WebSocket } = await import('ws');
  const { host, pathname, username, password } = new URL(url);
  return {
    webSocketFactory: () => new WebSocket(`ws://${host}${pathname}`, ['v12.stomp']),
    connectHeaders: { login: decodeURIComponent(username), passcode: decodeURIComponent(password) },
    reconnectDelay: 0,
  };
}
