/** Step 2, `src/story/tales/line.ts`: its frames are shown, and no message is followed through them. */
export default {
  name: 'line',
  begin: () => ({ frame() {} }),
};
