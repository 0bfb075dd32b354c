/** What clients ask a virtual host for, whichever protocol they speak. */
import type { FieldTable } from '../../../protocols/amqp/table.ts';

export interface QueueDeclaration {
  /** Empty where the server is to choose one. */
  readonly name: string;
  readonly isDurable: boolean;
  readonly isExclusive: boolean;
  readonly isAutoDelete: boolean;
  readonly arguments: FieldTable;
}

/** What a declaration is answered with. */
export interface QueueSummary {
  readonly name: string;
  readonly length: number;
  readonly consumerCount: number;
}

export interface ExchangeDeclaration {
  readonly name: string;
  readonly type: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly isInternal: boolean;
  readonly arguments: FieldTable;
}

export interface BindingRequest {
  readonly source: string;
  readonly destinationType: 'queue' | 'exchange';
  readonly destination: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}
