/** What stands on lines of its own, in lanes or not. */

import type { EventOf, TraceEvent } from '../../core/events.ts';
import { wrap } from '../../core/text/columns.ts';
import type { Look } from '../reporter.ts';
import { wordsIn } from '../words/words.ts';
import { accountLines } from './account/account.ts';
import type { Tallies } from './account/tally.ts';
import { whoGotWhat } from './account/who-got-what.ts';
import { headLines, type Style } from './head/head.ts';
import type { Palette } from './palette.ts';
import type { Servers } from './servers.ts';
import { tableLines } from './tables.ts';
import { duration, hang } from './text.ts';

export class Common {
  readonly #look: Look;
  readonly #palette: Palette;
  readonly #servers: Servers;
  readonly #tallies: Tallies;
  readonly #style: Style;

  constructor(look: Look, palette: Palette, servers: Servers, tallies: Tallies, style: Style) {
    this.#look = look;
    this.#palette = palette;
    this.#servers = servers;
    this.#tallies = tallies;
    this.#style = style;
  }

  lines(event: TraceEvent): string[] {
    const { bold } = this.#palette;
    switch (event.type) {
      case 'run-start':
        return headLines(event, this.#look, this.#palette, this.#servers, this.#style);
      case 'step':
        return ['', ...hang(`▸ ${event.text}`, this.#look.width, 2).map((line) => bold(line))];
      case 'check':
        return this.#check(event);
      case 'table':
        return this.#table(event);
      case 'question':
        return this.#question(event);
      case 'answer':
        return this.#answer(event);
      case 'run-end':
        return this.#end(event);
      default:
        return [];
    }
  }

  #check({ passed, title, detail = '' }: EventOf<'check'>): string[] {
    const { good, bad, dim } = this.#palette;
    const told = detail === '' ? title : `${title} · ${detail}`;
    return hang(`  ${told}`, this.#look.width, 2).map((line, index) => {
      if (index > 0) return dim(line);
      const shown = line.slice(2);
      const isWhole = shown.startsWith(title);
      const text = isWhole ? title + dim(shown.slice(title.length)) : shown;
      return `${passed ? good('✓') : bad('✗')} ${passed ? text : bad(text)}`;
    });
  }

  #table(table: Pick<EventOf<'table'>, 'title' | 'columns' | 'rows'>): string[] {
    const { width } = this.#look;
    return ['', ...wrap(table.title, width).map((line) => this.#palette.bold(line)), ...tableLines(table, width), ''];
  }

  #question({ text, choices }: EventOf<'question'>): string[] {
    const { width } = this.#look;
    const offered = choices.flatMap((choice, index) => hang(`  ${index + 1}  ${choice}`, width, 5));
    return ['', ...hang(`? ${text}`, width, 2).map((line) => this.#palette.bold(line)), ...offered];
  }

  #answer({ answer, predicted, right, why }: EventOf<'answer'>): string[] {
    const words = wordsIn(this.#look.language).predicted;
    const verdict = right ? words.right(answer, why) : words.wrong(predicted, answer, why);
    const { good, bad } = this.#palette;
    return hang(`${right ? '✓' : '✗'} ${verdict}`, this.#look.width, 2).map((line) => (right ? good : bad)(line));
  }

  #end({ outcome, reason, next = [], durationMs, stats }: EventOf<'run-end'>): string[] {
    const { width, language } = this.#look;
    const { good, bad, bold, dim } = this.#palette;
    const words = wordsIn(language);
    const verdict = words.outcome[outcome](duration(durationMs));
    const paint = outcome === 'passed' ? good : bad;
    const account = accountLines(stats, this.#tallies, this.#servers, language);
    const got = whoGotWhat(this.#tallies, this.#servers, words);
    return [
      ...(got ? this.#table(got) : []),
      '',
      ...account.flatMap((line) => hang(line, width, 2).map((one) => bold(one))),
      ...hang(reason === undefined ? verdict : `${verdict}: ${reason}`, width, 2).map((line) => paint(line)),
      ...(next.length > 0 ? hang(`${words.next}${next.join(' · ')}`, width, 2).map((line) => dim(line)) : []),
    ];
  }
}
