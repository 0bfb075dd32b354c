/** A way into the broker that is open to clients. */
export interface Front {
  readonly url: string;
  readonly port: number;
  /** Says goodbye to every client; resolves when the port is free again. */
  close(): Promise<void>;
}
