/** HTTP, spoken to with fetch; a server may turn a connection into a WebSocket. */
import { credentialsOf, withoutCredentials } from '../core/urls.ts';
import { serverOf } from './_told.ts';
import { type Knock, Refused } from './knock.ts';
import { stompLeftovers } from './leftovers/stomp.ts';
import type { ServiceDefinition } from './service.ts';

/** Sends one request; whatever answers in HTTP is an HTTP server. */
const knock: Knock = async (url, signal) => {
  const { user, password } = credentialsOf(url);
  const login = Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64');
  const headers = user === undefined && password === undefined ? {} : { Authorization: `Basic ${login}` };
  const response = await fetch(withoutCredentials(url), { headers, redirect: 'manual', signal }).catch(
    (error: unknown) => {
      const { code = '' } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      const notHttp = code.startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && url.protocol === 'http:');
      throw notHttp ? new Refused('protocol', 'its answer is not HTTP', error) : error;
    },
  );
  await response.body?.cancel();
  if (response.status === 401 || response.status === 407) throw new Refused('login', `status ${response.status}`);
  return serverOf(response.headers.get('server') ?? undefined, 'HTTP/1.1');
};

const http: ServiceDefinition = {
  name: 'http',
  protocols: ['http', 'websocket', 'stomp'],
  knock,
  clients: ['ws', 'rxjs'],
  leftovers: stompLeftovers,
};
export default http;
