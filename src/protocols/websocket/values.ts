/** What a close frame says; 1005 stands for a close frame without a code (RFC 6455 §7.1.5). */
export interface CloseView {
  readonly code: number;
  readonly reason: string;
}

/** A whole message, assembled from its frames and inflated. */
export interface MessageView {
  readonly type: 'text' | 'binary';
  /** Cut at KEEP_BYTES. */
  readonly data: Buffer;
  /** Bytes of the whole message after inflating. */
  readonly size: number;
  /** SHA-1 of the whole message, in base64, where it was cut. */
  readonly digest?: string;
}

/** One WebSocket frame. */
export interface WebSocketValue {
  readonly fin: boolean;
  readonly opcode: number;
  /** Set on the first frame of a compressed message. */
  readonly rsv1: boolean;
  readonly masked: boolean;
  /** As sent, without its mask, and still compressed where the message is. Cut at KEEP_BYTES. */
  readonly payload: Buffer;
  readonly payloadSize: number;
  /** On the frame that completes a message. */
  readonly message?: MessageView;
  readonly close?: CloseView;
}
