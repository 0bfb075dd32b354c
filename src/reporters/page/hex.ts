/** Bytes as people read them: offset, hexadecimal, and the characters they stand for. */
const PER_LINE = 16;

/** `hex` holds the first bytes of a frame of `sizeBytes`; `more` says how many others there are. */
export function hexLines(hex: string, sizeBytes: number, more: (count: number) => string): string[] {
  const bytes = Buffer.from(hex, 'hex');
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += PER_LINE) {
    const part = bytes.subarray(at, at + PER_LINE);
    const pairs = [...part].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = [...part].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`          ${at.toString(16).padStart(4, '0')}  ${pairs.padEnd(PER_LINE * 3 - 1)}  ${text}`);
  }
  if (sizeBytes > bytes.length) lines.push(`          ${more(sizeBytes - bytes.length)}`);
  return lines;
}
