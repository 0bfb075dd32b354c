/** Redis's protocol, RESP 2 and 3. Specification: https://redis.io/docs/latest/develop/reference/protocol-spec/ */
import type { Protocol } from '../protocol.ts';
import { RespConversation } from './conversation.ts';
import { describe } from './describe.ts';

export { CommandReader, type CommandReaderOptions, type CutArg, TextCommandReader } from './command-reader.ts';
export type { RespCommand, RespFrame, RespFrameValue, RespPush, RespReply } from './frame.ts';
export { globMatch } from './glob.ts';
export { splitInline } from './inline.ts';
export { RespReader, type RespReaderOptions } from './reader.ts';
export { HIDDEN, secretArgs, withoutSecrets } from './secrets.ts';
export * from './value.ts';
export { encodeCommand, encodeValue, type RespVersion, RespWriter, TooMuchWritten } from './writer.ts';

const resp: Protocol = {
  name: 'resp',
  converse: ({ emit }) => new RespConversation(emit),
  describe,
};

export default resp;
