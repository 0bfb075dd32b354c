/** Scenarios that speak no Korean yet, ask nothing, or don't hold for every option. */
export const INCOMPLETE: ReadonlySet<string> = new Set();
