/** A script that was refused has touched nothing; one that ended with an error may have. */
import { describe, expect, test } from 'vitest';
import { Narration } from '../../helpers/narrate.ts';
import { ask } from '../../helpers/resp-speech.ts';

/** Whether a list is known to be as it was once this was answered with this error. */
async function isKnown(error: string, ...words: string[]): Promise<boolean> {
  const story = await Narration.of('redis', 'resp');
  ask(ask(story.peer('me'), ['RPUSH', 'q', 'a'], 1), words, `-${error}`);
  return story.end().account.unknown.length === 0;
}

const REFUSED = [
  ['NOSCRIPT No matching script. Please use EVAL.', 'EVALSHA', 'abc', '0'],
  ['NOAUTH Authentication required.', 'EVAL', 'return 1', '0'],
  ['NOPERM this user has no permissions to run the ‘eval’ command', 'EVAL', 'return 1', '0'],
  ['NOPERM User app has no permissions to run the ‘eval’ command', 'EVAL', 'return 1', '0'],
  ['NOPERM No permissions to access a key', 'EVAL', 'return 1', '1', 'q'],
  ['NOPERM this user has no permissions to access one of the keys used as arguments', 'FCALL', 'f', '1', 'q'],
  ['ERR Can’t execute ‘eval’: only (P|S)SUBSCRIBE / PING are allowed in this context', 'EVAL', 'return 1', '0'],
  ['ERR unknown command ‘FCALL’, with args beginning with: ‘f’ ‘0’', 'FCALL', 'f', '0'],
  ['ERR wrong number of arguments for ‘evalsha’ command', 'EVALSHA'],
  ['ERR value is not an integer or out of range', 'EVAL', 'return 1', 'q'],
  ['ERR Number of keys can’t be greater than number of args', 'EVAL', 'return 1', '2', 'q'],
  ['ERR Error compiling script (new function): user_script:1: unexpected symbol', 'EVAL', 'return (', '0'],
  ['ERR Unexpected flag in script shebang: x', 'EVAL', '#!lua flags=x', '0'],
  ['ERR Unknown lua shebang option: x', 'EVAL', '#!lua x', '0'],
  ['ERR Can not run script on cluster, ‘no-cluster’ flag is set.', 'EVAL', '#!lua flags=no-cluster', '0'],
  ['LOADING Redis is loading the dataset in memory', 'EVAL', 'return 1', '0'],
  ['BUSY Redis is busy running a script. You can only call SCRIPT KILL.', 'EVAL', 'return 1', '0'],
  ['MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to ‘no’.', 'FCALL', 'f', '0'],
  ['CLUSTERDOWN Hash slot not served', 'EVAL', 'return 1', '1', 'q'],
  ['CROSSSLOT Keys in request don’t hash to the same slot', 'EVAL', 'return 1', '2', 'q', 'p'],
  ['MOVED 5798 127.0.0.1:6381', 'EVAL', 'return 1', '1', 'q'],
  ['READONLY You can’t write against a read only replica.', 'EVAL', '#!lua', '0'],
  ['NOREPLICAS Not enough good replicas to write.', 'EVAL', '#!lua', '0'],
  ['OOM command not allowed when used memory > ‘maxmemory’.', 'EVAL', '#!lua\nreturn 1', '0'],
  ['OOM command not allowed when used memory > ‘maxmemory’.', 'FCALL', 'f', '0'],
];

const BEGUN = [
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'EVAL', 'return redis.pcall()', '0'],
  ['NOPERM no permissions script: 1c60, on @user_script:1.', 'EVAL', 'error()', '0'],
  ['ERR Error running script (call to f_1c60): @user_script:1: in ‘eval’', 'EVAL', 'error()', '0'],
  ['ERR user_function:3: ‘fcall’ is nil script: f, on @user_function:3.', 'FCALL', 'f', '0'],
  ['ERR ACL failure in script: User app has no permissions to run the ‘lpop’ command', 'EVAL', 'return 1', '0'],
  ['OOM command not allowed when used memory > ‘maxmemory’.', 'EVAL', 'return redis.pcall()', '0'],
  ['BUSY somebody else holds it', 'EVAL', 'return redis.error_reply()', '0'],
  ['NOAUTH', 'EVALSHA', 'abc', '0'],
];

describe('a script that was answered with an error', () => {
  test.each(REFUSED)('has not begun: %s', async (error, ...words) => {
    expect(await isKnown(error.replaceAll(/[‘’]/g, "'"), ...words)).toBe(true);
  });

  test.each(BEGUN)('may have begun: %s', async (error, ...words) => {
    expect(await isKnown(error.replaceAll(/[‘’]/g, "'"), ...words)).toBe(false);
  });
});
