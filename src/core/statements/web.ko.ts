import type { Reworded } from './_words.ts';
import { type Ended, type web as english, line, NO_CODE } from './web.ts';

const FAULTS: Record<string, string> = {
  'lf-alone': '줄이 LF만으로 끝난다',
  'folded-header': '헤더 하나가 두 줄에 걸쳐 있다',
  'blank-before-colon': '콜론 앞에 공백이 있다',
  'repeated-length': '길이가 두 번 이상 적혀 있다',
  'length-and-coding': '길이와 전송 인코딩이 서로 어긋난다',
};

export const web: Reworded<typeof english> = {
  REQUEST_TRUNCATED: (ended) => `본문이 잘렸다: ${whoEnded(ended)}`,
  ANSWERED_EARLY: () => '본문이 다 오기 전에 응답이 나갔다',
  RESPONSE_TRUNCATED: (ended) => `응답이 잘렸다: ${whoEnded(ended)}`,
  NO_RESPONSE: ({ message, request, ...ended }) =>
    `${message === undefined ? '' : `${message} `}${request} 요청에 응답이 없다: ${whoEnded(ended)}`,
  RESPONSE_UNREAD: ({ message, request }) =>
    `${message === undefined ? '' : `${message} `}${request} 요청에 응답이 왔는지 알 수 없다: 서버가 보내는 것을 해독할 수 없다`,
  INTERIM_RESPONSE: ({ request, hasMore, ...answer }) => {
    if (hasMore) return `${line(answer)}: ${request} 요청의 본문이 아직 오지 않았다`;
    return `${line(answer)}: ${request === undefined ? '' : `${request} 요청의 `}본 응답은 아직 오지 않았다`;
  },
  RESPONSE_UNASKED: (answer) => `${line(answer)}: 어느 요청에 대한 응답도 아니다`,
  RESPONSE_FAULTY: ({ faults }) =>
    `클라이언트는 읽어 주지만 HTTP 규칙에 맞지 않는 응답이다: ${faults.map((fault) => FAULTS[fault] ?? fault).join(', ')}`,
  EVENT_STREAM_ENDED: () => '이벤트 스트림이 끝난다',
  EVENT_STREAM_CUT: (ended) => `이벤트 스트림이 끝난다: ${whoEnded(ended)}`,
  UPGRADE_ASKED: ({ method, target }) => `${method} ${target}: WebSocket으로 업그레이드를 요청한다`,
  UPGRADED: (answer) => `${line(answer)}: 이제 양쪽 모두 메시지를 보낼 수 있다`,
  UPGRADE_REFUSED: (answer) => `${line(answer)}: 업그레이드가 거절되었다`,
  UPGRADE_UNANSWERED: (ended) => `업그레이드 요청에 응답이 없다: ${whoEnded(ended)}`,
  OTHER_PROTOCOL: ({ protocol }) => `이어지는 것은 ${protocol} 프로토콜이라 읽지 않는다`,
  WEBSOCKET_CLOSE: ({ by, peer, code, reason }) =>
    `${by === 'client' ? peer : '서버'}의 close${code === NO_CODE ? ', 코드 없음' : `: ${code}`}${reason === '' ? '' : ` ${reason}`}`,
  WEBSOCKET_BROKEN: (ended) => `close 없이 끝났다: ${whoEnded(ended)}`,
};

function whoEnded({ by, peer }: Ended): string {
  if (by === 'cut') return '연결이 끊겼다';
  return `${by === 'client' ? peer : '서버'} 쪽에서 연결을 끊었다`;
}
