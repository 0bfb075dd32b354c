/** One user of a chat: joins rooms, speaks in them, and gets private messages, also after the connection was lost. */
import { Client } from '@stomp/stompjs';
import { WebSocket } from 'ws';

export async function enter({ url, user, onMessage }) {
  const { username: login, password: passcode } = new URL(url);
  const destinations = new Set([`/queue/inbox-${user}`]);
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, ['v12.stomp']),
    connectHeaders: { login, passcode },
    reconnectDelay: 100,
  });
  /** Resolves when the broker has subscribed us. */
  const subscribe = (destination) =>
    new Promise((resolve) => {
      const receipt = `subscribed-${destination}`;
      client.watchForReceipt(receipt, resolve);
      client.subscribe(destination, ({ body }) => onMessage(JSON.parse(body)), { receipt });
    });
  const send = (destination, text) => client.publish({ destination, body: JSON.stringify({ from: user, text }) });

  const entered = new Promise((resolve) => {
    client.onConnect = () => resolve(Promise.all([...destinations].map(subscribe)));
  });
  client.activate();
  await entered;
  return {
    join(room) {
      destinations.add(`/topic/${room}`);
      return subscribe(`/topic/${room}`);
    },
    say: (room, text) => send(`/topic/${room}`, text),
    whisper: (to, text) => send(`/queue/inbox-${to}`, text),
    leave: () => client.deactivate(),
  };
}
