/** The flags about how a run is looked at: its format, layer and language, and the reports that are written. */
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Language } from '../../core/language.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { LAYERS, type Layer } from '../../reporters/reporter.ts';
import { addReportFlag, type ReportFlags } from '../output/reports.ts';
import { addLanguageFlag, readLanguage } from './language.ts';

export type LookFlags = ReportFlags & {
  readonly layer?: string;
  readonly handshakes?: true;
  readonly legend: boolean;
  readonly lang?: string;
};

/** How every run of a line is looked at. */
export interface LookSettings {
  readonly layer: Layer | undefined;
  /** Undefined where nobody asked: then the scenario says whether they belong to what it teaches. */
  readonly handshakes: boolean | undefined;
  readonly language: Language;
  /** Whether the signs and words of the page are explained at its top. */
  readonly legend: boolean;
}

export function addLookFlags(parser: Command, formats: readonly string[]): void {
  parser
    .option(
      '--format <name>',
      `${formats.join(', ')}, or a file of yours (default: pretty on a terminal, lines otherwise)`,
    )
    .option('--layer <name>', `how near to look: ${LAYERS.join(', ')} (default: story)`)
    .option('--handshakes', 'show how connections begin and end')
    .option('--no-legend', 'leave out what the signs and words of the page mean');
  addReportFlag(parser);
  addLanguageFlag(parser);
}

/** Throws a UsageError for what can't be meant. */
export function readLook({ layer, handshakes, legend, lang }: LookFlags): LookSettings {
  return { layer: readLayer(layer), handshakes, legend, language: readLanguage(lang) };
}

function readLayer(typed: string | undefined): Layer | undefined {
  if (typed === undefined) return undefined;
  const layer = LAYERS.find((one) => one === typed);
  if (layer) return layer;
  throw new UsageError(`There is no layer '${typed}'.`, {
    hint: didYouMean(typed, LAYERS) ?? `There are ${LAYERS.join(', ')}.`,
  });
}
