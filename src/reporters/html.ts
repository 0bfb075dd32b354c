/** A page that works by itself, offline: the runs with their diagrams, to search, filter and follow messages in. */
import { printableJson } from '../core/printable.ts';
import { page } from './html/page.ts';
import { View } from './html/view.ts';
import { framesOf, type Reporter } from './reporter.ts';

const html: Reporter = {
  name: 'html',
  title: 'a page to explore the run in, one file',
  frames: (layer) => (layer === undefined ? 'yes' : framesOf(layer)),
  begin(look) {
    let view = new View(look);
    return (event) => {
      if (event.type === 'run-start') view = new View(look);
      view.add(event);
      return event.type === 'run-end' ? `${printableJson(view.run())}\n` : '';
    };
  },
  document: (runs) => page(runs.flatMap((run) => run.split('\n').filter((line) => line !== ''))),
};
export default html;
