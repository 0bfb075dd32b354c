/** What a STOMP session needs of its connection, be it TCP or WebSocket. */
export interface StompLine {
  /** Whether the client keeps up with what it is sent. */
  readonly canSend: boolean;
  /** Whether an error is dropped that comes of what needs no answer. */
  readonly losesLateErrors: boolean;
  send(bytes: Buffer): void;
  /** Something has to be sent soon; `beforeWrite` of the session is called before it is. */
  touch(): void;
  /** Ends the connection when everything sent so far has left. */
  end(): void;
  /** Ends the connection at once, as RabbitMQ does where its own process dies of what a client sent. */
  crash(): void;
}
