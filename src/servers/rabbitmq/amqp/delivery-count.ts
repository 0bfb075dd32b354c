/** Quorum queues tell whoever gets a message how often it came back. */
import { encodeProperties } from '../../../protocols/amqp/properties.ts';
import { Typed } from '../../../protocols/amqp/table.ts';
import type { Message } from '../messages/message.ts';

/** The message's properties with the header x-delivery-count. */
export function withDeliveryCount(message: Message, deliveryCount: number): Buffer {
  const properties = message.decode();
  const headers = { ...properties.headers, 'x-delivery-count': new Typed('long', deliveryCount) };
  return encodeProperties({ ...properties, headers });
}
