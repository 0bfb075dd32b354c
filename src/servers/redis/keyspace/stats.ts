/** What INFO tells about how keys were used. */

export class KeyspaceStats {
  hits = 0;
  misses = 0;
  expired = 0;
  evicted = 0;

  reset(): void {
    this.hits = this.misses = this.expired = this.evicted = 0;
  }
}
