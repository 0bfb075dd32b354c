/** What time a script sees that takes some: asked of embedded and of real servers. */
import type { TestClient } from '../client.ts';

/** A clock in seconds that goes on within a script: that of the process, or TIME where scripts have no other. */
export const SECONDS = `
  local function seconds()
    local has, clock = pcall(function() return os.clock() end)
    if has then return clock end
    local time = redis.call('TIME')
    return time[1] + time[2] / 1000000
  end`;

/** Whether TIME, a time to live, and what a new one counts from went on, and whether a key whose time was over was found. */
const SCRIPT = `${SECONDS}
  local function busy()
    local begun = seconds()
    repeat until seconds() - begun > 0.05
  end
  local function micros()
    local t = redis.call('TIME')
    return t[1] * 1000000 + t[2]
  end
  redis.call('SET', 'long', 'x', 'PX', 100000)
  redis.call('SET', 'short', 'x', 'PX', 10)
  local time, left, over = micros(), redis.call('PTTL', 'long'), redis.call('PEXPIRETIME', 'long')
  busy()
  redis.call('SET', 'later', 'x', 'PX', 100000)
  local function bit(holds)
    return holds and 1 or 0
  end
  return {
    bit(micros() > time),
    bit(redis.call('PTTL', 'long') < left),
    bit(redis.call('PEXPIRETIME', 'later') > over),
    redis.call('EXISTS', 'short')
  }`;

export interface SeenTime {
  readonly time: boolean;
  readonly timeToLive: boolean;
  readonly deadline: boolean;
  readonly findsWhatIsOver: boolean;
}

export async function seenTime(client: TestClient): Promise<SeenTime> {
  const reply = await client.bytes('EVAL', SCRIPT, '0');
  const [time, timeToLive, deadline, findsWhatIsOver] = [...reply.matchAll(/:(\d)/g)].map(([, digit]) => digit === '1');
  return { time: time!, timeToLive: timeToLive!, deadline: deadline!, findsWhatIsOver: findsWhatIsOver! };
}

/** By release: in a script of an older one time goes on, though no key expires. */
export function expectedTime(release: string): SeenTime {
  const goesOn = release === '7.0';
  return { time: goesOn, timeToLive: goesOn, deadline: goesOn, findsWhatIsOver: true };
}
