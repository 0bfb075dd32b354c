/** How the glossary is written down: a row for each word. */

/**
 * Names by commas, as protocols and pages write them, the usual one first; Korean names where Korean has its own; the
 * meaning in English and in Korean; and the scenarios that show it, where their guides don't name it themselves.
 */
export type Row = readonly [names: string, korean: string, en: string, ko: string, shownBy?: string];
