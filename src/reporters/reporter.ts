/** The contract of a reporter: events in, text out. It knows no protocol, prints nothing and reads no clock. */
import type { TraceEvent } from '../core/events.ts';
import type { Language } from '../core/language.ts';

/**
 * How near one looks: `story` tells what happened and why, `message` every stage of every message, `frame` what was
 * said on the wire, `bytes` the wire itself.
 */
export type Layer = 'story' | 'message' | 'frame' | 'bytes';

export const LAYERS = ['story', 'message', 'frame', 'bytes'] as const satisfies readonly Layer[];

export interface Look {
  /** Undefined where the user did not choose: then the reporter does. */
  readonly layer: Layer | undefined;
  /** Columns of the terminal; where there is none, a wide page. */
  readonly width: number;
  /** As chalk counts them: 0 none, 1 basic, 2 of 256, 3 of all. */
  readonly colorLevel: 0 | 1 | 2 | 3;
  /** Whether handshakes and goodbyes are shown. */
  readonly handshakes: boolean;
  /** In which people are spoken to; protocols keep their own words. */
  readonly language: Language;
  /** Whether the signs and words of the page are explained at its top. Default: they are. */
  readonly legend?: boolean;
}

/** Which frames a reporter needs to be told; those that nobody needs cost nothing. */
export type FrameDetail = 'no' | 'yes' | 'with bytes';

/** Turns each event into text, line ends included, or nothing. */
export type Report = ((event: TraceEvent) => string) & {
  /**
   * What was held back to be told together, where no event has come for a while; called by whoever shows a run while it
   * happens.
   */
  readonly late?: () => string;
};

/**
 * The default export of `reporters/<name>.ts`.
 *
 * @example
 * const reporter: Reporter = {
 *   name: 'dots',
 *   title: 'one dot per event',
 *   frames: () => 'no',
 *   begin: () => () => '.',
 * };
 */
export interface Reporter {
  readonly name: string;
  /** One line for help. */
  readonly title: string;
  frames(layer: Layer | undefined): FrameDetail;
  /**
   * Starts a report. The texts of events may hold whatever a peer sent: a report for people puts them through Wording
   * first.
   */
  begin(look: Look): Report;
  /**
   * Makes one document of the reports of several runs, in their order, for a format whose documents have a head, an
   * end or an order of their own. Without it, one report follows the other.
   */
  readonly document?: (reports: readonly string[]) => string;
  /**
   * What stands before the first report and behind the last one, for a format whose documents need no more than that:
   * however long they are, they are written as they come. Such a format has no `document`.
   */
  readonly around?: () => { readonly before: string; readonly after: string };
  /** What a demo says to people between runs, as a report of its own. Without it, the format has no place for that. */
  readonly say?: (text: string, look: Look) => string;
}

/** The frames that a layer shows. */
export function framesOf(layer: Layer): FrameDetail {
  return layer === 'bytes' ? 'with bytes' : layer === 'frame' ? 'yes' : 'no';
}
