/** Lanes: every peer has a column, time runs down, and messages are arrows between a peer and its server. */

import { explained } from './_unmet.ts';
import { LaneDrawing } from './lanes/drawing.ts';
import { Page, reportOf } from './page/page.ts';
import { spoken } from './page/spoken.ts';
import { framesOf, type Reporter } from './reporter.ts';

const pretty: Reporter = {
  name: 'pretty',
  title: 'lanes in the terminal',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin: (look) => explained(look, reportOf(new Page(look, 'lanes', 'by section', (parts) => new LaneDrawing(parts)))),
  say: spoken,
};
export default pretty;
