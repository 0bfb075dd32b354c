import { listed, named } from './_words.ko.ts';
import { type Reworded, sentence } from './_words.ts';
import type { broker as english } from './broker.ts';

const DEATHS: Record<string, string> = {
  rejected: '거절되었다',
  expired: 'TTL이 다 되었다',
  maxlen: '가득 차서 밀려났다',
  delivery_limit: '너무 여러 번 되돌아왔다',
};

const HEADS = {
  oldest: '가장 오래된 메시지가',
  priority: '우선순위가 가장 높은 것 가운데 가장 오래된 메시지가',
  first: '맨 앞에 있던 메시지가',
} as const;

const GOODBYE_TO = { connection: '연결을 닫은', channel: '채널을 닫은', session: '세션을 끝낸' } as const;

export const broker: Reworded<typeof english> = {
  UNROUTABLE_NO_BINDING: ({ exchange, type }) =>
    `익스체인지 ${exchange} (${type})에는 바인딩이 없다. 여기에 발행해도 아무 큐에도 들어가지 않는다`,
  UNROUTABLE_NO_MATCH: ({ exchange, type, key, bindings }) =>
    `익스체인지 ${exchange} (${type})의 바인딩은 ${listed(bindings)}: 라우팅 키 ${named(key)}에 맞는 것이 없다`,
  UNROUTABLE_HEADERS: ({ exchange, bindings }) =>
    `익스체인지 ${exchange} (headers)의 바인딩은 ${listed(bindings.map(matching))}: 이 헤더에 맞는 것이 없다`,
  UNROUTABLE_THEN: ({ exchange }) => `그 순간 익스체인지 ${exchange}에는 이 메시지를 큐로 보낼 바인딩이 없었다`,
  UNROUTABLE_NO_QUEUE: ({ queue, nearest }) =>
    `${named(queue)} 큐가 없다${nearest === undefined ? '' : `. 비슷한 이름의 ${nearest} 큐는 있다`}`,
  NOT_BOUND_THEN: ({ queue }) => `그 순간 ${queue} 큐는 바인딩되어 있지 않았다`,
  QUEUE_WENT_MEANWHILE: ({ queue }) =>
    `같은 순간에 ${queue} 큐가 사라졌다. 메시지는 큐와 함께 사라졌거나, 이미 없는 큐로 갔다`,
  UNROUTABLE_NOBODY_SUBSCRIBES: ({ destination }) =>
    `그 순간 ${destination} 구독자가 없었고, 토픽은 아무것도 보관하지 않는다`,
  RETURNED: ({ replyCode, replyText }) => `${replyCode} ${replyText}`,
  NOT_TAKEN: () => '브로커가 책임을 맡지 않았다',
  QUEUE_FULL_REJECTS: ({ queue, limit }) => `${queue} 큐가 가득 차서(${limit}) 더 받지 않는다(x-overflow)`,

  DROPPED_MAX_LENGTH: ({ queue, limit, head }) =>
    `${queue} 큐가 가득 차서(${limit}) ${HEADS[head ?? 'oldest']} 밀려났다`,
  GONE_OR_EXPIRED: ({ queue, limit }) =>
    `더는 ${queue} 큐에 없다. TTL이 다 되었거나, ${limit === undefined ? '' : `${limit}번 넘게 되돌아왔거나, `}큐가 가득 찼거나, purge로 비워졌거나, 큐와 함께 사라졌다`,
  EXPIRED_IN_QUEUE: ({ queue, ttlMs }) => `${queue} 큐에서 TTL(${ttlMs} ms)보다 오래 기다렸다`,
  REJECTED_NO_DEAD_LETTER: ({ queue }) =>
    `${queue} 큐에는 dead-letter 익스체인지가 없다. 여기서 거절된 메시지는 사라진다`,
  REJECTED_IN_QUEUE: ({ queue }) => `${queue} 큐에서 거절되었다`,
  DEAD_LETTER: ({ queue, cause }) =>
    cause === 'refused' ? `${queue} 큐가 가득 차서 받지 않았다` : `${queue} 큐에서 ${DEATHS[cause] ?? cause}`,
  DEAD_LETTER_NOWHERE: ({ queue, exchange }) =>
    `${queue} 큐는 데드 레터를 익스체인지 ${named(exchange)}에 보내지만, 거기서 받는 큐가 없다`,
  DEAD_LETTER_NO_EXCHANGE: ({ queue, exchange }) =>
    `${queue} 큐는 데드 레터를 익스체인지 ${exchange} 쪽으로 보내게 되어 있지만, 그런 익스체인지가 없다`,
  DEAD_LETTER_NO_QUEUE: ({ queue, to, nearest }) =>
    `${queue} 큐는 데드 레터를 ${named(to)} 큐로 보내게 되어 있지만, 그런 큐가 없다${nearest === undefined ? '' : `. 비슷한 이름의 ${nearest} 큐는 있다`}`,
  DEAD_LETTER_CYCLE: ({ queue, to }) =>
    queue === to
      ? `${queue} 큐의 데드 레터는 다시 ${queue} 큐로 돌아온다. 끝없이 돌게 되므로 브로커가 버렸다`
      : `${queue} 큐에서 ${to} 큐로 돌아가게 되는데, ${to} 큐에서는 전에도 데드 레터가 된 적이 있다. 끝없이 돌게 되므로 브로커가 버렸다`,
  DELIVERY_LIMIT: ({ queue, limit }) => `${queue} 큐에 ${limit}번 넘게 되돌아왔다. 전달 횟수 제한(delivery limit)이다`,
  QUEUE_PURGED: ({ queue }) => `들어 있던 ${queue} 큐가 비워졌다(purge)`,
  QUEUE_DELETED: ({ queue }) => `들어 있던 ${queue} 큐가 삭제되었다`,
  QUEUE_EXPIRED: ({ queue, expiresMs }) =>
    `${queue} 큐가 ${expiresMs} ms 동안 쓰이지 않아 안에 든 채로 사라졌다(x-expires)`,
  QUEUE_EXCLUSIVE: ({ queue, peer }) => `${queue} 큐는 ${peer} 전용(exclusive)이라 그 연결과 함께 사라졌다`,
  QUEUE_AUTO_DELETE: ({ queue }) => `${queue} 큐는 auto-delete라 마지막 컨슈머와 함께 사라졌다`,
  RESTART_QUEUE_NOT_DURABLE: ({ queue }) => `${queue} 큐는 durable이 아니어서 재시작과 함께 사라졌다`,
  RESTART_TRANSIENT: ({ queue }) => `${queue} 큐에 있었지만 persistent가 아니어서 재시작과 함께 사라졌다`,
  GIVEN_IN_VAIN: ({ peer }) => `${peer} 쪽에서 막 끝낸 구독에 서버가 넘기는 바람에, 보내지 않고 버렸다`,
  REPLY_UNSEEN: ({ queue }) => `${queue} 앞으로 보낸 답장이었는데, 도착한 것이 보이지 않았다`,

  RECOVERED: () => '채널이 들고 있던 것을 모두 되돌린다 (basic.recover)',
  GONE_BEFORE_ACK: ({ peer }) => `${peer}의 연결이 ack보다 먼저 끝났다`,
  ENDED_BEFORE_ACK: ({ peer }) => `${peer} 쪽의 채널이나 연결이 ack보다 먼저 끝났다`,
  CHANNEL_CLOSED_BEFORE_ACK: ({ by }) => `ack보다 먼저 ${by} 쪽에서 채널을 닫았다`,
  CONNECTION_CLOSED_BEFORE_ACK: ({ by }) => `ack보다 먼저 ${by} 쪽에서 연결을 닫았다`,
  ACK_DISCARDED: ({ peer }) => `${peer}의 ack는 오류 뒤에 있어서 서버가 읽지 않았다`,
  ACK_ROLLED_BACK: ({ peer }) => `${peer}의 ack는 성사되지 않은 트랜잭션에 들어 있었다`,

  DISCARDED_BEHIND_ERROR: ({ code, text }) => `채널에서 난 오류 뒤에 있어서 서버가 읽지 않았다: ${code} ${text}`,
  DISCARDED_BY_ERROR: ({ code, text }) => `서버가 거절했다: ${code} ${text}`,
  DISCARDED_STOMP_ERROR: ({ text }) => `서버가 거절했다: ${sentence(text)}`,
  DISCARDED_BEHIND_STOMP_ERROR: ({ text }) => `세션에서 난 오류 뒤에 있어서 서버가 읽지 않았다: ${sentence(text)}`,
  NO_SUCH_EXCHANGE: ({ exchange }) => `익스체인지 ${exchange} (없는 이름)에 보내서 서버가 세션을 끝냈다`,
  STOMP_REFUSED: () => '서버가 수행하지 못하고 세션을 끝냈다',
  STOMP_BEHIND_REFUSED: () => '서버가 거절한 것 뒤에 있어서 서버가 읽지 않았다',
  BEHIND_GOODBYE: ({ ended }) => `${GOODBYE_TO[ended]} 뒤에 보내서 서버가 읽지 않았다`,
  ROLLED_BACK: () => '트랜잭션이 롤백되었다',
  NEVER_COMMITTED: () => '트랜잭션이 커밋되지 않았다',

  MAY_BE_IN_QUEUE: ({ queue }) => `동시에 ${queue} 큐에 한 일에 달렸는데, 어느 것이 먼저인지 알려 주는 응답이 없다`,
  MAY_BE_PURGED: () => '큐가 비워졌는데, 그때 이미 들어 있었는지 알려 주는 응답이 없다',
  MAY_BE_DROPPED: ({ queue, limit }) =>
    `${queue} 큐가 가득 찼는데(${limit}), 어느 메시지가 먼저 와서 밀려났는지 알려 주는 응답이 없다`,
  MAY_BE_TRIMMED: ({ queue, limit }) =>
    `${queue} 스트림은 오래된 것을 지우는데(${limit}), 언제 지우는지 알려 주는 것이 없다`,
  MAY_BE_EXPIRED: ({ queue }) => `마지막으로 확인했을 때 ${queue} 큐에서 TTL이 거의 다 되어 있었다`,
  ACK_MAY_BE_UNREAD: ({ queue }) =>
    `ack는 했지만 서버가 읽었다는 것을 보여 주는 것이 없다. ${queue} 큐로 되돌아갔을 수 있다`,
  ACK_MAY_BE_NEEDED: ({ queue }) =>
    `두 구독 중 하나로 왔고, 그중 하나만 ack가 필요하다. ${queue} 큐로 되돌아갔을 수 있다`,
  REJECT_MAY_BE_UNREAD: ({ queue }) =>
    `거절했지만 서버가 읽었다는 것을 보여 주는 것이 없다. ${queue} 큐로 되돌아갔을 수 있다`,
  MAY_BE_HANDED_OUT: ({ queue, peer }) => `${queue} 큐가 ${peer}에게 전달했을 수 있지만, 그 연결이 끊겼다`,
  MAY_BE_GIVEN_IN_VAIN: ({ queue, peer }) =>
    `${peer} 쪽에서 막 끝낸 구독에 ${queue} 큐가 넘기는 바람에, 보내지 않고 버렸을 수 있다`,
  ERROR_MAY_PRECEDE: ({ code, text }) =>
    `채널이 오류로 끝났는데, 그 오류가 먼저였는지 알려 주는 것이 없다: ${code} ${text}`,
  OUT_OF_SIGHT_EXCHANGE: ({ exchange }) =>
    `이 실행의 시야를 벗어났다: ${exchange === '' ? '받는 큐' : `익스체인지 ${exchange}`} 선언이 이 실행 밖에서 이루어졌다`,
  OUT_OF_SIGHT_QUEUE: ({ queue }) => `${queue} 큐에서 이 실행의 시야를 벗어났다. 다른 쪽도 쓸 수 있는 큐다`,
  HELD_OUT_OF_SIGHT: ({ peer }) => `${peer}의 연결을 더는 읽을 수 없어, 이 메시지를 어떻게 했는지 보지 못했다`,
  OUT_OF_SIGHT_BINDINGS: ({ exchange }) =>
    `이 실행이 본 익스체인지 ${exchange}의 바인딩 가운데 받는 것이 없다. 다른 쪽이 바인딩해 두었을 수 있다`,
  OUT_OF_SIGHT_DEAD_LETTER_EXCHANGE: ({ queue, exchange }) =>
    `${queue} 큐는 데드 레터를 익스체인지 ${exchange} 쪽으로 보낸다. 다른 쪽이 거기에 바인딩해 두었을 수 있다`,
  OUT_OF_SIGHT_DEAD_LETTER_QUEUE: ({ queue, to }) =>
    `${queue} 큐는 데드 레터를 ${named(to)} 큐가 있으면 거기로 보낸다. 그 큐는 다른 쪽도 쓸 수 있다`,
  OUT_OF_SIGHT_DEAD_LETTER: ({ queue }) =>
    `${queue} 큐는 데드 레터를 정책(policy)에 따라 넘길 수 있는데, 정책은 클라이언트에게 보이지 않는다`,

  CHANNEL_ERROR: ({ code, text }) => `채널이 닫혔다: ${code} ${text}`,
  CONNECTION_ERROR: ({ code, text }) => `연결이 닫혔다: ${code} ${text}`,
  PUBLISHERS_BLOCKED: ({ reason }) => `RabbitMQ가 발행자를 막는다: ${reason}`,
  NOT_ALONE: () =>
    '지금까지 본 것으로는 설명되지 않는다. 정책이나 운영자가 손댔을 수 있으므로, 이제부터는 여럿이 함께 쓰는 서버로 보고 그만큼만 결론을 낸다',
  PUBLISHERS_UNBLOCKED: () => 'RabbitMQ가 발행자를 다시 받는다',
  QUEUE_BOUND: ({ queue, exchange, type, already, ...asked }) => {
    if (already) return `${queue} 큐는 이미 익스체인지 ${exchange}에 바인딩되어 있다${askedFor(asked)}`;
    return `${queue} 큐를 ${type === undefined ? '' : `${type} `}익스체인지 ${exchange}에 바인딩한다${askedFor(asked)}`;
  },
  EXCHANGE_BOUND: ({ destination, exchange, type, already, ...asked }) => {
    if (already)
      return `익스체인지 ${destination} 쪽은 이미 익스체인지 ${exchange}에 바인딩되어 있다${askedFor(asked)}`;
    const to = `${type === undefined ? '' : `${type} `}익스체인지 ${exchange}`;
    return `익스체인지 ${destination} 쪽을 ${to}에 바인딩한다${askedFor(asked)}`;
  },
  QUEUE_UNBOUND: ({ queue, exchange, type, absent, ...asked }) => {
    if (absent)
      return `${queue} 큐는 익스체인지 ${exchange}에 바인딩되어 있지 않았다${askedFor(asked)}. 풀 바인딩이 없다`;
    return `${queue} 큐와 ${type === undefined ? '' : `${type} `}익스체인지 ${exchange} 사이의 바인딩을 푼다${askedFor(asked)}`;
  },
  EXCHANGE_UNBOUND: ({ destination, exchange, type, absent, ...asked }) => {
    if (absent)
      return `익스체인지 ${destination} 쪽은 익스체인지 ${exchange}에 바인딩되어 있지 않았다${askedFor(asked)}. 풀 바인딩이 없다`;
    const from = `${type === undefined ? '' : `${type} `}익스체인지 ${exchange}`;
    return `익스체인지 ${destination} 쪽과 ${from} 사이의 바인딩을 푼다${askedFor(asked)}`;
  },
  PURGES_QUEUE: ({ queue, messages }) => `${queue} 큐를 비운다${waiting(messages)}`,
  DELETES_QUEUE: ({ queue, messages, absent }) =>
    absent ? `${queue} 큐를 삭제하려 했지만 그런 큐가 없다` : `${queue} 큐를 삭제한다${waiting(messages)}`,
  DELETES_EXCHANGE: ({ exchange, absent }) =>
    absent ? `${exchange} 익스체인지를 삭제하려 했지만 그런 익스체인지가 없다` : `${exchange} 익스체인지를 삭제한다`,
  CONSUMES: ({ queue, noAck, prefetch }) =>
    `${queue} 큐를 소비하기 시작한다${noAck ? ' (ack 없이)' : ''}${prefetch === undefined ? '' : ` (prefetch ${prefetch})`}`,
  READS_STREAM: ({ queue, offset }) => `${queue} 스트림을 읽기 시작한다 (시작 위치: ${offset})`,
  CONSUMES_NO_MORE: ({ queue }) => `${queue} 큐를 더는 소비하지 않는다`,
  CONSUMER_CANCELLED: ({ queue }) => `${queue} 큐의 컨슈머를 서버가 취소했다`,
  TRANSACTIONS_BEGIN: () => '이제부터 트랜잭션을 쓴다. 발행과 ack는 커밋해야 효력이 있다 (tx.select)',
  TRANSACTION_COMMITTED: ({ messages, acks }) =>
    `트랜잭션을 커밋한다. 그 안의 메시지 ${messages}개와 ack ${acks}개가 효력을 얻는다`,
  TRANSACTION_ROLLED_BACK: ({ transaction, messages, acks }) =>
    `${transaction === undefined ? '' : `${transaction} `}트랜잭션이 성사되지 않았다. 그 안의 메시지 ${messages}개와 ack ${acks}개는 없던 일이 된다`,
  STOMP_CONNECT: ({ command, login }) => `${command}, 로그인 ${login}`,
  STOMP_CONNECTED: ({ version }) => `CONNECTED, STOMP ${version}`,
  STOMP_ERROR: ({ text }) => `ERROR ${text}`,
  STOMP_TRANSACTION: ({ command, transaction }) => `${command} ${transaction}`.trim(),
  STOMP_SUBSCRIBE: ({ destination }) => `SUBSCRIBE ${destination}`,
  STOMP_UNSUBSCRIBE: ({ destination }) => `UNSUBSCRIBE ${destination}`,
  STOMP_DISCONNECT: () => 'DISCONNECT',
  STOMP_RECEIPT: ({ of }) => `RECEIPT (${of} 처리 확인)`,
};

function waiting(messages: number | undefined): string {
  return messages === undefined ? '' : ` (대기하던 메시지 ${messages}개)`;
}

/** What a binding asks for: a key, or headers. */
function askedFor({ key, match }: { key: string; match?: string }): string {
  return match === undefined ? (key === '' ? '' : ` (키 ${key})`) : ` (${matching(match)})`;
}

/** `all of type=pdf` in Korean. */
function matching(match: string): string {
  const [, mode, pairs, others] = /^(all|any) of (.*?)(?: \((.*) is not counted\))?$/s.exec(match) ?? [];
  if (pairs === undefined) return match;
  return `${pairs} ${mode === 'all' ? '모두' : '중 하나'}${others === undefined ? '' : ` (${others} 제외)`}`;
}
