/**
 * Spans as OTLP/JSON, which collectors and Jaeger read: what was published, delivered and settled, by OpenTelemetry's
 * semantic conventions for messaging (1.45) and HTTP. Written by hand, as the libraries for it weigh 26 MB.
 */
import type { TraceEvent } from '../core/events.ts';
import { printableJson } from '../core/text/printable.ts';
import { Spans } from './otlp/spans.ts';
import { Wording } from './page/wording.ts';
import { framesOf, type Reporter } from './reporter.ts';

const otlp: Reporter = {
  name: 'otlp',
  title: 'spans for OpenTelemetry (OTLP/JSON)',
  frames: (layer) => framesOf(layer ?? 'story'),
  begin(look) {
    const wording = new Wording(look);
    let spans: Spans | undefined;
    return (told: TraceEvent) => {
      const event = wording.apply(told);
      if (event.type === 'run-start') spans = new Spans(event);
      spans?.add(event);
      return event.type === 'run-end' && spans ? `${printableJson(spans.resource())}\n` : '';
    };
  },
  document: (runs) => {
    const resourceSpans = runs.flatMap((run) => run.split('\n').filter(Boolean)).map((line) => JSON.parse(line));
    return `${printableJson({ resourceSpans })}\n`;
  },
};
export default otlp;
