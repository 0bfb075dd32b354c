/** What became of a run's messages, in sentences; only figures that mean something for what was run. */
import type { Account, Tally as Counted, Stats, Waiting } from '../../../core/events.ts';
import type { Language } from '../../../core/language.ts';
import { worded } from '../../../core/statements/index.ts';
import { type Words, wordsIn } from '../../words/words.ts';
import type { Servers } from '../servers.ts';
import type { Tallies, Tally } from './tally.ts';

/** Of places, reasons and takers, those that concern the most messages are told. */
const TOLD = 5;
const TAKERS = 8;

/** One paragraph for each service that carried messages, which is named where there are several; then all else. */
export function accountLines(stats: Stats, tallies: Tallies, servers: Servers, language: Language): string[] {
  const words = wordsIn(language);
  const told = Object.entries(stats.accounts).filter(([, account]) => account.published + account.foreign > 0);
  const titles = servers.titlesOf(told.map(([service]) => service));
  return [
    ...told.map(([service, account], index) => {
      const of = told.length > 1 ? words.account.of(titles[index] ?? service) : '';
      return `${of}${paragraph(account, tallies.of.get(service), words, language)}`;
    }),
    ...talk(stats, tallies, words),
  ];
}

function paragraph(account: Account, tally: Tally | undefined, words: Words, language: Language): string {
  const isOpen = withoutAck(account, tally) > 0 || (tally?.isTaken === true && tally.acked === 0);
  const takers = takersOf(account, tally, words.account);
  const sentence = [
    `${sentenceOf(account, tally, takers?.ofThose ?? '', words, language)}.`,
    // Among those that are counted before, whatever became of them.
    ...(tally && tally.again > 0 && account.published > 0 ? [words.account.again(tally.again)] : []),
    ...(takers?.inAll ? [takers.inAll] : []),
    ...(isOpen ? [words.account.notSaid] : []),
  ].join(' ');
  const longest = tally?.longestMs ?? 0;
  // Elsewhere it is no waiting time, or one that depends on who came when.
  if (!tally?.isWork || longest === 0 || account.published === 0) return sentence;
  const ms = longest < 10 ? longest.toFixed(1) : Math.round(longest).toLocaleString('en');
  return `${sentence} ${words.account.took(ms)}`;
}

/** `by` is who was given those that reached somebody. */
function sentenceOf(
  account: Account,
  tally: Tally | undefined,
  by: string,
  { account: words }: Words,
  language: Language,
): string {
  const { published, reached, waiting, ended, unknown, foreign } = account;
  if (published === 0) return words.outside(foreign);
  const parts = [
    ...(reached > 0 ? [reachedBy(account, withoutAck(account, tally), words, saysItsEnd(tally)) + by] : []),
    ...waits(waiting, words),
    ...byCount(ended).map(({ count, stage = 'dropped', reason }) =>
      words.ended(count, stage, worded(reason, language)),
    ),
    ...rest(ended, words.endedOtherwise),
    ...byCount(unknown).map(({ count, reason }) => words.unknown(count, worded(reason, language))),
    ...rest(unknown, words.unknownOtherwise),
    ...(foreign > 0 ? [words.outside(foreign)] : []),
  ];
  return `${words.messages(published)}: ${parts.join('; ')}`;
}

/** Whoever shares work says with its ack what it is done with. */
function reachedBy({ published, reached }: Account, without: number, words: Words['account'], isWork: boolean): string {
  if (!isWork) return reached === published ? words.allReached : words.reached(reached);
  if (reached === published && without === 0) return words.allAcked;
  return [words.acked(reached - without), ...(without > 0 ? [words.withoutAck(without)] : [])].join(', ');
}

/** It is work, and of all of it is known whether somebody acked it. */
function saysItsEnd(tally: Tally | undefined): tally is Tally {
  return tally?.isWork === true && !tally.isCut;
}

/** Of so much work that was given out nobody said that it is done with it. */
function withoutAck({ reached }: Account, tally: Tally | undefined): number {
  return saysItsEnd(tally) ? Math.max(0, reached - tally.acked) : 0;
}

interface Takers {
  readonly ofThose?: string;
  readonly inAll?: string;
}

/**
 * How often each was given something, where several were; how often in all, where that is more than once each. That is
 * said of those that reached somebody, or in a sentence of its own where others were given to somebody, too.
 */
function takersOf(account: Account, tally: Tally | undefined, words: Words['account']): Takers | undefined {
  const { published, reached, foreign } = account;
  const takers = [...(tally?.deliveries ?? [])];
  if (!tally || reached === 0 || takers.length < 2 || takers.length > TAKERS) return undefined;
  const list = takers.map(([peer, count]) => `${peer}: ${count}`).join(', ');
  const deliveries = takers.reduce((sum, [, count]) => sum + count, 0);
  const isOfThose = (reached === published && foreign === 0) || (!tally.isCut && tally.given === reached);
  if (!isOfThose) return { inAll: words.deliveries(deliveries, list) };
  return { ofThose: words.takers(list, deliveries > reached ? deliveries : undefined) };
}

function waits(waiting: readonly Waiting[], words: Words['account']): string[] {
  const [first, ...others] = byCount(waiting);
  if (!first) return [];
  const left = total(waiting) - total([first, ...others]);
  const places =
    others.length === 0
      ? first.place
      : [
          ...[first, ...others].map(({ count, place }) => words.inPlace(count, place)),
          ...(left > 0 ? [words.elsewhere(left)] : []),
        ].join(', ');
  return [words.waits(total(waiting), places)];
}

/** Requests, what a server pushes, what is said on sockets, and plain commands. */
function talk(
  { stages, commands }: Stats,
  { upgrades, refusals, cutOff, unread }: Tallies,
  { account: words }: Words,
): string[] {
  const { requested = 0, responded = 0, pushed = 0, sent = 0, received = 0 } = stages;
  const sentences = [
    ...(requested > 0
      ? [words.requests(requested, { answered: responded - cutOff, cutOff, unread, upgrades, refusals })]
      : []),
    ...(pushed > 0 ? [words.pushed(pushed)] : []),
    ...(sent + received > 0 ? [words.spoken(sent, received)] : []),
    ...(commands > 0 ? [words.commands(commands)] : []),
  ];
  return sentences.length > 0 ? [sentences.join(' ')] : [];
}

function byCount<One extends Counted | Waiting>(all: readonly One[]): One[] {
  return [...all].sort((one, other) => other.count - one.count).slice(0, TOLD);
}

function rest(all: readonly Counted[], said: (count: number) => string): string[] {
  const left = total(all) - total(byCount(all));
  return left === 0 ? [] : [said(left)];
}

function total(all: readonly { readonly count: number }[]): number {
  return all.reduce((sum, { count }) => sum + count, 0);
}
