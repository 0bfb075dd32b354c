/** What real servers do that the embedded one is held to in `time.test.ts`. */
import { expect, test } from 'vitest';
import { TestClient } from '../client.ts';
import { COMPARABLE, startReal } from '../real.ts';
import { expectedTime, seenTime } from './_time.ts';

test.each(COMPARABLE)('what time a script of $name sees', async (release) => {
  const server = await startReal(release);
  try {
    const client = await TestClient.tcp(server.port);
    expect(await seenTime(client)).toEqual(expectedTime(release.name));
    client.close();
  } finally {
    await server.stop();
  }
});
