import { listed, named } from './_words.ko.ts';
import type { Reworded } from './_words.ts';
import type { redis as english } from './redis.ts';

export const redis: Reworded<typeof english> = {
  REDIS_REFUSED: ({ error }) => error,
  REFUSED_UNSEEN: () => '서버가 거절했지만 그 응답을 본 클라이언트가 없다',
  WATCHED_KEY_CHANGED: () => 'WATCH로 지켜보던 키가 바뀌어 EXEC가 아무것도 하지 않았다',
  NO_LIST_TO_PUSH_TO: ({ command, key }) => `${named(key)} 리스트가 없고, ${command} 명령은 새로 만들지 않는다`,
  NO_STREAM_TO_ADD_TO: ({ key }) => `${named(key)} 스트림이 없고, NOMKSTREAM이라 새로 만들지 않는다`,
  NOT_INSERTED: ({ key }) => `${named(key)} 리스트에 기준으로 삼을 요소가 없어 끼워 넣지 못했다`,
  NOBODY_SUBSCRIBES: ({ channel }) => `그 순간 ${named(channel)} 채널에는 구독자가 없었고, Redis는 보관하지 않는다`,
  KEY_REMOVED: ({ command, key }) => `${command} 명령이 ${named(key)} 키를 안에 든 것까지 지웠다`,
  KEY_REPLACED: ({ command, key }) => `${command} 명령이 ${named(key)} 키에 다른 값을 넣어, 안에 있던 것은 사라졌다`,
  DATABASE_FLUSHED: ({ command }) =>
    `${command} 명령이 ${command === 'FLUSHALL' ? '모든 데이터베이스를' : '데이터베이스를'} 통째로 비웠다`,
  KEY_EXPIRED: ({ key }) => `${named(key)} 키의 TTL이 다 되어 안에 든 것까지 사라졌다`,
  LIST_TRIMMED: ({ key }) => `LTRIM이 ${named(key)} 리스트에서 잘라 냈다`,
  LIST_REMOVED: ({ key }) => `LREM이 ${named(key)} 리스트에서 지웠다`,
  LIST_SET: ({ key }) => `LSET이 ${named(key)} 리스트의 그 자리에 다른 요소를 넣었다`,
  ENTRY_DELETED: ({ command, key }) => `${command} 명령이 ${named(key)} 스트림에서 지웠다`,
  STREAM_TRIMMED: ({ command, key }) => `${command} 명령이 ${named(key)} 스트림에서 잘라 냈다`,
  TAKEN_UNANSWERED: ({ command, key }) =>
    `${command} 명령이 ${named(key)} 키에서 꺼냈지만, 응답이 꺼져 있어 아무도 받지 못했다`,
  REMOVED_OR_EXPIRED: ({ key }) =>
    `명령이 지웠거나 ${named(key)} 키의 TTL이 다 되어 사라졌는데, 어느 쪽이 먼저였는지 알려 주는 응답이 없다`,
  REMOVED_BY_EITHER: () => '여러 명령 가운데 하나가 지웠는데, 어느 것이 먼저였는지 알려 주는 응답이 없다',
  REDIS_RESTARTED: () => '서버가 다시 시작했고 아무것도 남기지 않았다',
  ORDER_UNSETTLED: () =>
    '진행 중이던 명령에 달렸는데, 어느 것이 먼저 실행되었는지, 실행되기는 했는지 알려 주는 응답이 없다',
  LIST_ORDER_UNSETTLED: ({ key }) =>
    `다른 클라이언트가 동시에 ${named(key)} 키에 한 일의 순서에 달렸는데, 어느 것이 먼저인지 알려 주는 응답이 없다`,
  TAKEN_BY_LOST_CONNECTION: ({ peer }) => `${peer}에게 갔을 수 있지만, 응답이 보이기 전에 그 연결이 끊겼다`,
  SUBSCRIBER_LOST: ({ peer }) => `Redis가 ${peer}에게 보냈지만, 도착했는지 보이기 전에 그 연결이 끝났다`,
  MAY_BE_SAVED: () =>
    '서버가 다시 시작하면서 저장해 둔 것을 다시 읽었는데, 어디까지 저장되었는지 알려 주는 응답이 없다',
  MAY_HAVE_EXPIRED: ({ key }) => `마지막으로 확인한 뒤에 ${named(key)} 키의 TTL이 다 되었을 수 있다`,
  TRIMS_ABOUT: ({ command, key }) =>
    `${command} 명령이 ${named(key)} 스트림을 대략(~)만 잘라 내는데, 얼마나 잘라 냈는지 알려 주는 응답이 없다`,
  SCRIPT_MAY_TOUCH: () => '스크립트가 실행되었고, 스크립트는 명령에 드러나지 않는 키도 건드릴 수 있다',
  COMMAND_MAY_TOUCH: ({ command }) =>
    `${command} 명령이 실행되었고, 그 뒤로 키에는 명령에 드러나지 않는 것이 들어 있을 수 있다`,
  UNDECODABLE_MAY_TOUCH: () => '클라이언트가 보낸 것을 해독할 수 없었고, 그것은 어느 키든 건드릴 수 있다',
  MAY_BE_EVICTED: ({ key }) => `Redis가 자리를 내려고 ${named(key)} 키를 쫓아냈을 수 있다 (maxmemory-policy)`,
  OTHERS_MAY_USE_KEY: ({ key }) => `${named(key)} 키에서 이 실행의 시야를 벗어났다. 다른 쪽도 쓸 수 있는 키다`,
  KEY_LOST_TRACK: ({ key }) => `${named(key)} 키에 한꺼번에 너무 많은 일이 일어나 따라갈 수 없다`,
  MAY_BE_PUBLISHED_TO: ({ channel }) =>
    `바로 그때 누가 ${named(channel)} 채널을 구독하고 있었는지에 달렸는데, 알려 주는 응답이 없다`,
  REDIS_COMMAND: ({ command, db, reply, items, discarded, unanswered }) => {
    const answer = reply ?? (items === undefined ? undefined : `${command === 'EXEC' ? '응답' : '항목'} ${items}개`);
    const asked = db === undefined ? command : `${command} (db ${db})`;
    const said = answer === undefined ? asked : `${asked} → ${answer}`;
    if (unanswered) return `${said} (응답이 꺼져 있다)`;
    return discarded === undefined ? said : `${said} (${notCarriedOut(discarded)})`;
  },
  REDIS_QUEUE_GONE: ({ count }) => `EXEC 없이 연결이 사라졌다: ${notCarriedOut(count)}`,
  REDIS_SUBSCRIPTION: ({ command, name }) => `${command} ${name}`,
  REDIS_INVALIDATED: ({ keys }) =>
    `클라이언트가 간직한 ${keys.length === 0 ? '모든 키' : `${listed(keys)} 키`}의 값을 버리라는 알림을 받는다 (CLIENT TRACKING)`,
  REDIS_SUBSCRIPTIONS_GONE: ({ names }) => `연결이 사라지면서 구독도 함께 사라졌다: ${listed(names)}`,
};

function notCarriedOut(count: number): string {
  return `대기열의 명령 ${count}개는 실행되지 않았다`;
}
