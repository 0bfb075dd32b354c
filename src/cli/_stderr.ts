import { printableLines } from '../core/printable.ts';

/** Tells people something beside the output. Errors may repeat what a server wrote, so it is made printable. */
export function remark(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}
