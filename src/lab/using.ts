/** What a client has to say goodbye with, as its library names it. */
export type Endable = { quit(): unknown } | { deactivate(): unknown } | { close(): unknown } | { terminate(): unknown };

/** Ends a client in its library's own way: of those that it has, the first of quit, deactivate, close and terminate. */
export function ended(client: Endable): unknown {
  if ('quit' in client) return client.quit();
  if ('deactivate' in client) return client.deactivate();
  return 'close' in client ? client.close() : client.terminate();
}
