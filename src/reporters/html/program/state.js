// What the reader has chosen.
import { WORDS } from './words.js';

export const runs = [];

export const state = {
  run: 0,
  language: 'en',
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
};

export const words = () => WORDS[state.language];
export const run = () => runs[state.run];
export const translated = (event) => ({ ...event, ...(event.translations?.[state.language] ?? {}) });
export const hasHandshakes = () => state.handshakes ?? run().start.handshakes === true;
