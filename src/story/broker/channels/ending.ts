/** Channels that may have ended by now, though nothing has shown it yet. */
import type { SeenBroker } from '../broker.ts';
import type { SeenChannel } from './channel.ts';
import { isRecovering } from './recovery.ts';

/** Whether what it holds may have been given back. */
export function isEnding(broker: SeenBroker, channel: SeenChannel): boolean {
  return broker.isStopping || channel.goodbye !== undefined || isRecovering(channel) || mayFail(broker, channel);
}

/** Whether the server may have ended it over an error by now: one of its own, or one that ended its connection. */
function mayFail({ channels }: SeenBroker, channel: SeenChannel): boolean {
  const together = [...channels].filter(({ connection }) => connection === channel.connection);
  return together.some((other) =>
    other.pending.all.some((one) => (other === channel || one.endsConnection) && one.refused() !== 'no'),
  );
}
