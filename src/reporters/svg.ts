/** The sequence diagram as a picture that stands by itself; its colours follow the reader's light or dark. */
import { drawing, LOOK_CSS } from './diagram/drawing.ts';
import { Diagram } from './diagram/rows.ts';
import { framesOf, type Reporter } from './reporter.ts';

/** A taller picture than this would help nobody; the rest is counted. */
const MOST_ROWS = 2000;
const GAP = 24;

const svg: Reporter = {
  name: 'svg',
  title: 'a sequence diagram as a picture',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    let diagram = new Diagram(look, MOST_ROWS);
    return (event) => {
      if (event.type === 'run-start') diagram = new Diagram(look, MOST_ROWS);
      diagram.add(event);
      if (event.type !== 'run-end') return '';
      const { width, height, content } = drawing(diagram);
      return `<svg x="0" y="0" width="${width}" height="${height}">\n${content}</svg>\n`;
    };
  },
  document: stacked,
};
export default svg;

/** Pictures below each other. */
function stacked(pictures: readonly string[]): string {
  let y = 0;
  let width = 1;
  const placed = pictures
    .filter((picture) => picture !== '')
    .map((picture) => {
      const [, ownWidth = '1', ownHeight = '1'] = /^<svg x="0" y="0" width="(\d+)" height="(\d+)">/.exec(picture) ?? [];
      const at = picture.replace('y="0"', `y="${y}"`);
      y += Number(ownHeight) + GAP;
      width = Math.max(width, Number(ownWidth));
      return at;
    });
  const size = `width="${width}" height="${Math.max(1, y - GAP)}" viewBox="0 0 ${width} ${Math.max(1, y - GAP)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">\n<style>${LOOK_CSS}</style>\n<rect class="paper" width="100%" height="100%"/>\n${placed.join('')}</svg>\n`;
}
