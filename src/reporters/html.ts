/** A page that works by itself, offline: the runs with their diagrams, to search, filter and follow messages in. */
import { element, pageFor } from './html/page.ts';
import { View } from './html/view.ts';
import { framesOf, type Reporter } from './reporter.ts';

/** So many characters of a run are packed together, so that a page can show the first while it unpacks the others. */
const PACK = 512 * 1024;

const html: Reporter = {
  name: 'html',
  title: 'a page to explore the run in, one file',
  frames: (layer) => (layer === undefined ? 'yes' : framesOf(layer)),
  begin(look) {
    let view = new View(look);
    let waiting = '';
    return (event) => {
      if (event.type === 'run-start') view = new View(look);
      for (const { text } of view.add(event)) waiting += `${text}\n`;
      if (waiting.length < PACK && event.type !== 'run-end') return '';
      const packed = element(waiting);
      waiting = '';
      return packed;
    };
  },
  around: () => pageFor('itself'),
};
export default html;
