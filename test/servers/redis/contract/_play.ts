/** Plays a contract on one server and tells its replies. */
import type { TestClient } from '../client.ts';
import type { Contract } from './_contract.ts';
import { notation } from './_notation.ts';
import type { Side } from './_sides.ts';

export type Version = 2 | 3;

/** The reply of each line, as pins have it; undefined where a line takes none. */
export async function play(
  side: Side,
  version: Version,
  { lines }: Contract,
  asks: (loosening: string | undefined) => boolean = () => true,
): Promise<(string | undefined)[]> {
  const clients = new Map<string, TestClient>();
  const replies: (string | undefined)[] = [];
  for (const { client: name, sends, takes, blocks, args, loosening } of lines) {
    if (!asks(loosening?.name)) {
      replies.push(`+${loosening?.name}`);
      continue;
    }
    let client = clients.get(name);
    if (client === undefined) {
      client = await side.connect();
      clients.set(name, client);
      if (version === 3) await client.call('HELLO', '3');
    }
    if (!takes) {
      const sender = client;
      if (blocks) await side.block(client, () => sender.send(...args));
      else client.send(...args);
      replies.push(undefined);
      continue;
    }
    if (sends) client.send(...args);
    if (!(await side.answered(client))) replies.push('no reply');
    else {
      const value = await client.next();
      replies.push(notation(loosening?.view(value) ?? value));
    }
  }
  return replies;
}
