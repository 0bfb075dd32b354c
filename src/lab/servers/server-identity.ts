/** Which server is behind a service, as far as a run knows. */
import type { Endpoint } from '../../backends/backend.ts';
import type { Service } from '../../core/services.ts';
import type { ServerIdentity } from '../../story/story.ts';

/** AMQP and STOMP lead to one broker where the run started it; whether two URLs do, nobody knows. */
export function serverOf(service: Service, endpoints: ReadonlyMap<Service, Endpoint>): ServerIdentity {
  const endpoint = endpoints.get(service);
  if (!endpoint || endpoint.shared) return { name: service, own: false };
  const isBroker = service === 'rabbitmq' || service === 'stomp';
  return { name: isBroker ? `${endpoint.backend} broker` : service, own: true };
}
