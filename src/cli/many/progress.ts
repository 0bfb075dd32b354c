/** What runs now, on a line of its own that goes again: for a person who waits for many runs. */
import { status } from '../output/output.ts';
import { canShowStatus } from '../output/terminal.ts';

export class Progress {
  readonly #total: number;
  readonly #isShown: boolean;
  readonly #running: string[] = [];
  #done = 0;

  /** `total` may be infinite. A page that grows on the same terminal shows by itself what runs. */
  constructor(total: number, isPageGrowing: boolean) {
    this.#total = total;
    this.#isShown = total > 1 && canShowStatus(isPageGrowing);
  }

  begin(label: string): void {
    this.#running.push(label);
    this.#show();
  }

  end(label: string): void {
    this.#running.splice(this.#running.indexOf(label), 1);
    this.#done += 1;
    this.#show();
  }

  close(): void {
    if (this.#isShown) status('');
  }

  #show(): void {
    if (!this.#isShown) return;
    const of = Number.isFinite(this.#total) ? `/${this.#total}` : '';
    status(`[${this.#done}${of}] ${this.#running.join(', ')}`);
  }
}
