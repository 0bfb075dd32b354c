/** What RabbitMQ does with the names that clients give, before it looks at anything else. */
import { accessRefused } from '../refusal.ts';

export const withoutLineBreaks = (name: string): string => name.replace(/[\r\n]/g, '');

export function assertNotReserved(kind: 'queue' | 'exchange', name: string): void {
  if (name.startsWith('amq.')) throw accessRefused(`${kind} name '${name}' contains reserved prefix 'amq.*'`);
}

export function assertNotDefault(exchange: string): void {
  if (exchange === '') throw accessRefused('operation not permitted on the default exchange');
}
