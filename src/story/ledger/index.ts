/** The ledger: messages, their steps, and the account of what became of them. */
export { type Fate, REACHED, waitingIn } from './account.ts';
export { type Content, fingerprint, preview } from './content.ts';
export { type Among, Ledger, type Settled, type Sighting, type Step, type Tell } from './ledger.ts';
export { type Place, SeenMessage } from './message.ts';
export { Strangers } from './strangers.ts';
