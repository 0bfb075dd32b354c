import type { Words } from './words.ts';

export const ko: Words = {
  servers: { rabbitmq: 'RabbitMQ', redis: 'Redis', ws: '에코 서버', stomp: 'RabbitMQ', http: '웹 서버' },
  stompServer: 'STOMP 서버',
  seed: (seed) => `seed ${seed}`,
  prefix: (prefix) => `서버에 있는 이름은 ${prefix}(으)로 시작한다`,
  legend: {
    client: '클라이언트',
    server: '브로커나 서버',
    wire: '실제로 오간 것',
    fromClient: '클라이언트가 보냄',
    fromServer: '서버가 보냄',
    concluded: '그래서 생긴 일',
    again: '되돌아오거나 옮겨짐',
    lost: '사라짐, 거절, 끊김',
    event: '그 자리에서 한 일',
    time: '시각은 시작부터 ms',
    after: '보낸 뒤로 지난 시간',
  },
  meanings: {
    publish: '메시지를 브로커에 맡긴다',
    deliver: '브로커가 컨슈머에게 건넨다',
    redeliver: '다시 건넨다. 누군가 이미 시작했을 수 있다',
    get: '달라고 한 메시지 하나를 받는다',
    ack: '"끝냈으니 지워도 된다"',
    nack: '"끝내지 못했다"',
    reject: '"처리할 수 없다"',
    return: '받는 곳이 없어 되돌아온다',
    PUBLISH: '그 순간 구독 중인 모두에게 보낸다',
    message: '구독자가 받는 것',
    SEND: '클라이언트가 말한다',
    MESSAGE: '구독자가 받는다',
    ACK: '"끝냈으니 지워도 된다"',
    NACK: '"끝내지 못했다"',
    LPUSH: '리스트 맨 앞에 넣는다',
    RPUSH: '리스트 맨 뒤에 넣는다',
    XADD: '스트림 끝에 덧붙인다',
    XREADGROUP: '그룹에서 아직 아무도 받지 않은 것을 받는다',
    XACK: '"끝냈다"',
    GET: '달라는 요청',
    POST: '받아 달라는 요청',
    event: '한 번 물은 클라이언트에게 서버가 보낸 것',
    text: '어느 쪽이든 보내는 메시지',
    'dead-lettered': '버려지지 않고 다른 곳으로 옮겨진다',
  },
  prefetch: (count) => [
    `prefetch ${count}`,
    count === 0
      ? '컨슈머가 ack 없이 들고 있을 수 있는 수에 제한이 없다'
      : `컨슈머는 ack 없이 최대 ${count}개까지만 들고 있는다`,
  ],
  concluded: {
    published: (place) => `발행${to(place)}`,
    routed: (place) => `라우팅: ${place}`,
    unroutable: () => '받을 곳이 없음',
    returned: (place) => `되돌아옴${at(place)}`,
    confirmed: () => '확인(confirm)',
    queued: (place) => `대기${at(place)}`,
    delivered: (place) => `전달${at(place)}`,
    acked: (place) => `완료${at(place)}`,
    nacked: (place) => `거부${at(place)}`,
    requeued: (place) => `${place === '' ? '' : `${place} `}큐로 되돌아감`,
    redelivered: (place) => `다시 전달${at(place)}`,
    rejected: (place) => `거절${at(place)}`,
    'dead-lettered': (place) => `dead-letter: ${place}`,
    expired: (place) => `만료${at(place)}`,
    dropped: (place) => `제거됨${at(place)}`,
    discarded: (place) => `발행되지 않음${at(place)}`,
    requested: (place) => `요청${at(place)}`,
    responded: () => '응답',
    pushed: () => '푸시',
    sent: () => '보냄',
    received: () => '받음',
  },
  from: (place) => `(${place}에서)`,
  again: '다시',
  echo: '에코',
  either: (names) => names.join(' 또는 '),
  oneOf: (first, last) => `${first} … ${last} 중 하나`,
  why: (reason) => `이유: ${reason}`,
  same: (names) => `${names.join(', ')}: 위와 같음`,
  sameHere: '여기도 같음',
  repeated: (times) => `같은 일이 ${times}번 더`,
  leaves: '떠난다',
  withheld: '(비밀이 들어 있어 바이트를 보이지 않는다)',
  moreBytes: (count) => `… ${count}바이트 더`,
  predicted: {
    right: (answer, why) => `맞다: ${answer} (${why})`,
    wrong: (said, answer, why) => `아니다: ${said}. 정답: ${answer} (${why})`,
  },
  unmet: { expected: '기대한 것', found: '실제', nothing: '성립하지 않는다', before: '그 앞에 일어난 일' },
  account: {
    of: (server) => `${server}, `,
    messages: (count) => `메시지 ${number(count)}개`,
    outside: (count) => `누가 발행했는지 보이지 않은 메시지 ${number(count)}개`,
    allReached: '모두 누군가에게 닿았다',
    reached: (count) => `${count}개는 누군가에게 닿았다`,
    takers: (list, deliveries) => `${deliveries === undefined ? '' : `, 전달은 모두 ${deliveries}번`} (${list})`,
    waits: (count, places) => `${count}개는 기다린다 (${places})`,
    inPlace: (count, place) => `${place} ${count}개`,
    elsewhere: (count) => `다른 곳 ${count}개`,
    ended: (count, stage, reason) => `${count}개는 ${ENDED[stage] ?? stage} (${reason})`,
    endedOtherwise: (count) => `${count}개는 다른 이유로 끝났다`,
    unknown: (count, reason) => `${count}개는 알 수 없다 (${reason})`,
    unknownOtherwise: (count) => `${count}개는 다른 이유로 알 수 없다`,
    again: (count) => `${count}개는 두 번 이상 전달되었다`,
    waited: (ms) => `컨슈머를 기다린 시간은 최대 ${ms} ms였다.`,
    requests: (count, answered) =>
      `요청 ${number(count)}개, ${answered === count ? '모두 응답을 받았다' : `응답 ${answered}개`}.`,
    pushed: (count) => `서버가 먼저 보낸 이벤트 ${number(count)}개.`,
    spoken: (sent, received) => `소켓에서 클라이언트가 메시지 ${number(sent)}개를 보내고 ${received}개를 받았다.`,
    commands: (count) => `그 밖의 Redis 명령 ${count}개.`,
  },
  got: { title: '누가 무엇을 받았나', nobody: '아무도', count: (count) => `${count}개` },
  outcome: {
    passed: (duration) => `통과 (${duration})`,
    failed: (duration) => `실패 (${duration})`,
    aborted: (duration) => `중단 (${duration})`,
    'timed-out': (duration) => `시간 초과 (${duration})`,
  },
  next: '다음: ',
};

const ENDED: { readonly [stage: string]: string } = {
  unroutable: '아무에게도 가지 않았다',
  discarded: '발행되지 않았다',
  dropped: '버려졌다',
  expired: '만료되었다',
  rejected: '거절되었다',
  returned: '되돌아왔다',
  nacked: '브로커가 받지 않았다',
};

function number(count: number): string {
  return count.toLocaleString('en');
}

function to(place: string): string {
  return place === '' ? '' : ` → ${place}`;
}

function at(place: string): string {
  return place === '' ? '' : ` (${place})`;
}
