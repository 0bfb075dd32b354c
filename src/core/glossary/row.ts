/** How the glossary is written down: a row for each word. */

/**
 * Names by commas, as protocols and pages write them, the usual one first; Korean names where Korean has its own; the
 * meaning in English and in Korean; and what shows it, by commas: scenarios, perhaps with options.
 */
export type Row = readonly [names: string, korean: string, en: string, ko: string, shownBy: string];
