// What the reader has chosen.
import { WORDS } from './words.js';

export const runs = [];

export const state = {
  run: 0,
  /** Undefined until a run says it. */
  language: undefined,
  layer: 'story',
  /** Undefined where the run says it. */
  handshakes: undefined,
  view: matchMedia('(max-width: 700px)').matches ? 'list' : 'diagram',
  term: '',
  peer: '',
  /** How far lifelines are apart, in pixels; undefined for what fits. */
  lane: undefined,
  /** The chosen line. */
  line: undefined,
  followed: '',
  /** The number of the first line that is not shown, where the reader steps through or has paused. */
  until: Number.POSITIVE_INFINITY,
  source: 'itself',
  /** Runs that came and are no longer kept. */
  goneRuns: 0,
};

export const words = () => WORDS[state.language ?? (navigator.language.startsWith('ko') ? 'ko' : 'en')];
export const run = () => runs[state.run];
export const translated = (event) => ({ ...event, ...(event.translations?.[state.language] ?? {}) });
export const hasHandshakes = () => state.handshakes ?? run().start.handshakes === true;
