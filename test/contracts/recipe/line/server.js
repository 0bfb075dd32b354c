/** Step 3, `src/servers/line/index.ts`: an echo. */
import { createServer } from 'node:net';
import { listen } from '../listen.ts';

export default {
  name: 'line',
  provides: ['line'],
  version: () => '1',
  async start({ ports, hosts }) {
    const sockets = new Set();
    const echo = (socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    };
    const listener = await listen('line', () => createServer(echo), ports?.line, { hosts });
    return {
      urls: { line: `line://127.0.0.1:${listener.port}` },
      async close() {
        const closed = listener.close();
        for (const socket of sockets) socket.destroy();
        await closed;
      },
    };
  },
};
