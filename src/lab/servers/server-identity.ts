/** Which server is behind a service, as far as a run knows. */
import type { Endpoint } from '../../backends/backend.ts';
import type { Service } from '../../core/services.ts';
import { addressOf } from '../../core/urls.ts';
import type { ServerIdentity } from '../../story/story.ts';

/** AMQP and STOMP lead to one broker where the run started it, or where nothing speaks against it. */
export function serverOf(service: Service, endpoints: ReadonlyMap<Service, Endpoint>): ServerIdentity {
  const endpoint = endpoints.get(service);
  const isBroker = service === 'rabbitmq' || service === 'stomp';
  if (!endpoint || endpoint.shared)
    return { name: isBroker && isOneBroker(endpoints) ? 'broker' : service, own: false };
  return { name: isBroker ? `${endpoint.backend} broker` : service, own: true };
}

/** Both URLs lead to one host, to RabbitMQ of one version, and to the virtual host that STOMP leads to by default. */
function isOneBroker(endpoints: ReadonlyMap<Service, Endpoint>): boolean {
  const [amqp, stomp] = [endpoints.get('rabbitmq'), endpoints.get('stomp')];
  if (!amqp?.shared || !stomp?.shared || stomp.version !== `RabbitMQ/${amqp.version}`) return false;
  const [one, other] = [new URL(amqp.url), new URL(stomp.url)];
  const isDefault = /^(?:\/|\/%2f)?$/i.test(one.pathname);
  return isDefault && addressOf('rabbitmq', one).host === addressOf('stomp', other).host;
}
