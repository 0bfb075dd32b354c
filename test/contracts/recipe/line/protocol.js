/** Step 1, `src/protocols/line/index.ts`: lines of text, each ended by a line feed. */
const LINE_FEED = 10;

export default {
  name: 'line',
  converse({ emit }) {
    const rest = { client: Buffer.alloc(0), server: Buffer.alloc(0) };
    return {
      push(from, chunk) {
        let bytes = Buffer.concat([rest[from], chunk]);
        for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED)) {
          const raw = bytes.subarray(0, end + 1);
          const value = raw.toString('utf8', 0, end);
          emit({ protocol: 'line', from, phase: 'open', name: 'line', sizeBytes: raw.length, raw, value });
          bytes = bytes.subarray(end + 1);
        }
        rest[from] = bytes;
      },
      end() {},
    };
  },
  describe: ({ value }) => ({ summary: value, fields: { text: value } }),
};
