/** One JSON object per line: every event as it is, so that a saved run can be read again by any program. */
import { printableJson } from '../core/text/printable.ts';
import { shows } from './page/layers.ts';
import { framesOf, type Reporter } from './reporter.ts';

const ndjson: Reporter = {
  name: 'ndjson',
  title: 'one JSON object per event; all of them unless --layer chooses',
  frames: (layer) => (layer === undefined ? 'yes' : framesOf(layer)),
  begin: (look) => (event) =>
    look.layer === undefined || shows({ ...look, handshakes: true }, event) ? `${printableJson(event)}\n` : '',
};
export default ndjson;
