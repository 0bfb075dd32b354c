/** HTTP/1.1 off the wire: https://www.rfc-editor.org/rfc/rfc9110 and https://www.rfc-editor.org/rfc/rfc9112 */
import type { Protocol } from '../protocol.ts';
import { HttpConversation } from './conversation.ts';
import { describe } from './describe.ts';

export { isEventStream } from './body.ts';
export { withoutSecrets } from './describe.ts';
export { encodeChunk, encodeHead, LAST_CHUNK } from './encode.ts';
export { hasBody } from './framing.ts';
export { MAX_HEAD_BYTES, MAX_HEADERS } from './head.ts';
export type * from './values.ts';
export { headerTokens, headerValues } from './values.ts';

const http: Protocol = { name: 'http', converse: (options) => new HttpConversation(options), describe };
export default http;
