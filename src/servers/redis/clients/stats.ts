/** What INFO tells about connections and what went over them. */

export class ClientStats {
  connections = 0;
  rejectedConnections = 0;
  /** Clients that had to go because all together held too much. */
  evictedClients = 0;
  inputBytes = 0;
  outputBytes = 0;

  reset(): void {
    this.connections = this.rejectedConnections = this.evictedClients = this.inputBytes = this.outputBytes = 0;
  }
}
