/** How long one cleanup may take before the next one gets its turn, in ms. */
export const CLEANUP_MS = 3_000;

/** How long all cleanups of a scenario together may take, in ms. */
export const ALL_CLEANUPS_MS = 11_000;
