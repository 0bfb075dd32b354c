/** What can be set about clients; CONFIG SET changes it while the server runs. */

/** How much a client may leave unread: at most, and for how long at most. 0 is no limit. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

export const CLIENT_CLASSES = ['normal', 'replica', 'pubsub'] as const;

export interface ClientSettings {
  readonly maxclients: number;
  /** The password of the only user; empty for none. */
  readonly requirepass: string;
  /** Whether clients from elsewhere are turned away while there is no password. */
  readonly protectedMode: boolean;
  /** The longest argument, in bytes. */
  readonly protoMaxBulkLen: number;
  readonly clientQueryBufferLimit: number;
  /** 0 is no limit but that of this process. */
  readonly maxmemoryClients: number;
  readonly outputLimits: Readonly<Record<(typeof CLIENT_CLASSES)[number], OutputLimit>>;
}
