/** Step 4, `src/services/line.ts`. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { addressOf } from '../core/urls.ts';

export default {
  name: 'line',
  protocols: ['line'],
  clients: [],
  async knock(url, signal) {
    const { host, port } = addressOf('line', url);
    const socket = connect({ host, port, signal });
    await once(socket, 'connect');
    socket.destroy();
    return '1';
  },
};
