/** One line per event: for pipes, logs and terminals too narrow for lanes. */

import { explained } from './_unmet.ts';
import { Page, reportOf } from './page/page.ts';
import { spoken } from './page/spoken.ts';
import { framesOf, type Reporter } from './reporter.ts';

const lines: Reporter = {
  name: 'lines',
  title: 'one line per event',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin: (look) => explained(look, reportOf(new Page(look, 'lines', 'by section'))),
  say: spoken,
};
export default lines;
