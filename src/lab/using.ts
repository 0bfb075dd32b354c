/** What a client has to say goodbye with, as its library names it. */
export type Endable = { quit(): unknown } | { deactivate(): unknown } | { close(): unknown } | { terminate(): unknown };

/** What libraries say where the connection is over already. */
const OVER = /^(?:Connection is closed|Connection clos(?:ed|ing)|Channel clos(?:ed|ing))/;

/**
 * Ends a client in its library's own way: of those that it has, the first of quit, deactivate, close and terminate. One
 * that is over already, as after a crash, needs no goodbye.
 */
export async function ended(client: Endable): Promise<void> {
  try {
    if ('quit' in client) await client.quit();
    else if ('deactivate' in client) await client.deactivate();
    else await ('close' in client ? client.close() : client.terminate());
  } catch (error) {
    if (!(error instanceof Error && OVER.test(error.message))) throw error;
  }
}
