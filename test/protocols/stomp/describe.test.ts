import { describe, expect, it } from 'vitest';
import stomp, { encodeFrame, type StompHeader } from '../../../src/protocols/stomp/index.ts';
import { converse } from '../../helpers/converse.ts';

const tell = (command: string, headers: StompHeader[], body: Buffer | string = '') =>
  stomp.describe(converse(stomp, [['client', encodeFrame(command, headers, body)]])[0]!);

describe('telling a STOMP frame', () => {
  it('leads with the destination and ends with the body', () => {
    expect(
      tell(
        'SEND',
        [
          ['persistent', 'true'],
          ['destination', '/topic/room'],
        ],
        'hi',
      ).summary,
    ).toBe('/topic/room persistent=true 2 bytes "hi"');
  });

  it('never tells a passcode', () => {
    expect(
      JSON.stringify(
        tell('CONNECT', [
          ['login', 'guest'],
          ['passcode', 'hunter2'],
          ['passcode', 'hunter2'],
        ]),
      ),
    ).not.toContain('hunter2');
  });

  it('keeps to one line and to JSON', () => {
    const { summary, fields } = tell(
      'SEND',
      [
        ['destination', '/queue/a\nb'],
        ['__proto__', 'x'],
      ],
      Buffer.from([0, 255]),
    );
    expect(summary).toBe('"/queue/a\\nb" __proto__=x 2 bytes');
    expect(JSON.parse(JSON.stringify(fields))).toEqual(fields);
    expect(fields.body).toEqual({ base64: 'AP8=' });
  });
});
