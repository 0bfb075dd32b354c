/** Every term, number and sign that a page or a guide uses, with a short meaning in each language. */
import { amqp } from './amqp.ts';
import { codes } from './codes.ts';
import { page } from './page.ts';
import { redis } from './redis.ts';
import { reliability } from './reliability.ts';
import type { Row } from './row.ts';
import { services } from './services.ts';
import { stomp } from './stomp.ts';
import { web } from './web.ts';
import type { Word } from './word.ts';

export const WORDS: readonly Word[] = [amqp, reliability, redis, web, stomp, codes, services, page].flat().map(word);

function word([names, korean, en, ko, shownBy]: Row): Word {
  return { names: { en: listed(names), ko: listed(korean) }, meaning: { en, ko }, shownBy: listed(shownBy) };
}

function listed(text: string): string[] {
  return text === '' ? [] : text.split(', ');
}
