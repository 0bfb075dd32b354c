/** The ways in which a client may say who it is: PLAIN and AMQPLAIN; or that it is nobody: ANONYMOUS. */
import { decodeTable } from '../../../protocols/amqp/table-decode.ts';
import type { Broker } from '../broker/broker.ts';
import type { User } from '../broker/users.ts';
import type { BrokerTraits } from '../differences.ts';
import { accessRefused, commandInvalid, Refusal } from '../refusal.ts';

/** The mechanisms that are offered, divided by blanks. */
export const mechanisms = ({ anonymousLogin }: Pick<BrokerTraits, 'anonymousLogin'>): string =>
  anonymousLogin ? 'PLAIN AMQPLAIN ANONYMOUS' : 'PLAIN AMQPLAIN';

/** Finds the user that a response names; `isHere` says whether its client is on this machine. Throws the refusal that RabbitMQ answers with. */
export function login(broker: Broker, mechanism: string, response: Buffer, isHere: boolean): User {
  if (mechanism === 'ANONYMOUS' && broker.traits.anonymousLogin && broker.anonymous) {
    if (broker.anonymous.isLocal && !isHere) throw refusedBy(mechanism);
    return broker.anonymous;
  }
  if (mechanism !== 'PLAIN' && mechanism !== 'AMQPLAIN') {
    throw commandInvalid(`unknown authentication mechanism '${mechanism}'`);
  }
  const [name, password] = mechanism === 'PLAIN' ? readPlain(response) : readAmqplain(response);
  const user = broker.authenticate(name, password);
  if (user && (isHere || !user.isLocal)) return user;
  throw refusedBy(mechanism);
}

function refusedBy(mechanism: string): Refusal {
  return accessRefused(
    `Login was refused using authentication mechanism ${mechanism}. For details see the broker logfile.`,
  );
}

/** An identity, which must be empty, the name and the password, divided by NULs (RFC 4616). */
function readPlain(response: Buffer): [string, string] {
  const [identity, name, password, ...rest] = response.toString('utf8').split('\0');
  if (identity !== '' || name === undefined || password === undefined || rest.length > 0) {
    throw new Refusal(502, 'response invalid');
  }
  return [name, password];
}

/** A field table without its length. */
function readAmqplain(response: Buffer): [string, string] {
  const table = Buffer.alloc(4 + response.length);
  table.writeUInt32BE(response.length);
  response.copy(table, 4);
  const { LOGIN: name, PASSWORD: password } = decodeTable(table, 0, table.length);
  if (typeof name !== 'string' || typeof password !== 'string') {
    throw new Refusal(502, 'AMQPLAIN auth info is missing LOGIN or PASSWORD field');
  }
  return [name, password];
}
