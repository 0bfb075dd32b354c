/** WebSocket off the wire: https://www.rfc-editor.org/rfc/rfc6455 and https://www.rfc-editor.org/rfc/rfc7692 */
import type { Protocol } from '../protocol.ts';
import { WebSocketConversation } from './conversation.ts';
import { describe } from './describe.ts';

export { MAX_INFLATED_BYTES } from './deflate.ts';
export { encodeClose, encodeFrame, type FrameName, type FrameToEncode } from './frame.ts';
export type * from './values.ts';

const websocket: Protocol = { name: 'websocket', converse: (options) => new WebSocketConversation(options), describe };
export default websocket;
