import type { Reworded } from './_words.ts';
import type { run as english } from './run.ts';

export const run: Reworded<typeof english> = {
  NO_LONGER_FOLLOWED: () => '한꺼번에 오간 것이 너무 많아 가장 오래된 것부터 더는 따라가지 않는다',
  VARIOUS: () => '그 밖의 여러 이유',
  UNEXPLAINED: () => '보인 것만으로는 어떻게 되었는지 알 수 없다',
  CONTRADICTION: ({ what }) => `이야기가 서버가 실제로 한 일과 어긋난다: ${what}`,
  CONNECTION_CLOSED: ({ to }) => `${to === undefined ? '' : `${to} `}연결을 닫는다`,
  CONNECTION_LOST: ({ by, to }) => {
    if (by !== undefined) return `${by} 쪽에서 연결을 끊었다`;
    return `${to === undefined ? '' : `${to} `}연결이 끊겼다`;
  },
  UNREACHABLE: ({ server, fault }) => `${server}에 연결할 수 없다 (${fault}). 아무것도 보내지 못했다`,
  UNREAD: () => '서버가 읽었다고 볼 만한 것이 나오기 전에 연결이 끝났다',
  UNDECODABLE: ({ from, fault }) =>
    `${from === 'client' ? '클라이언트' : '서버'}의 바이트를 해독하지 못했다 (${fault}). 여기부터는 읽지 않고 넘겨주기만 한다`,
  UNHEARD_ERROR: ({ error }) => `클라이언트가 던진 오류를 아무도 받지 않았다: ${error}`,
  PROCESSES_ENDED: ({ programs }) => `시나리오가 시작한 프로세스가 끝까지 남아 있어 종료시켰다: ${programs}`,
};
