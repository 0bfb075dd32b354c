/** Whether what a file declares is a scenario: TypeScript looks at it, JavaScript does not. */

type Wrong = string | undefined;
type Check = (value: unknown, at: string) => Wrong;

const is =
  (test: (value: unknown) => boolean, what: string): Check =>
  (value, at) =>
    test(value) ? undefined : `${at} has to be ${what}`;
const text = is((value) => typeof value === 'string', 'a text');
const number = is((value) => typeof value === 'number' && !Number.isNaN(value), 'a number');
const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? undefined : check(value, at);
const list =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value) ? first(value.map((one, index) => check(one, `${at}[${index}]`))) : `${at} has to be a list`;
const fields =
  (checks: { readonly [field: string]: Check }): Check =>
  (value, at) =>
    isRecord(value)
      ? first(Object.entries(checks).map(([field, check]) => check(value[field], `${at}.${field}`)))
      : `${at} has to be an object`;
const every =
  (check: Check): Check =>
  (value, at) =>
    isRecord(value)
      ? first(Object.entries(value).map(([key, one]) => check(one, `${at}.${key}`)))
      : `${at} has to be an object`;

const guide = {
  idea: text,
  picture: text,
  look: list(text),
  try: list(fields({ command: text, shows: text })),
  production: optional(text),
  read: optional(list(fields({ title: text, url: text }))),
};

const bounds = fields({ help: text, default: number, min: number, max: number });
const OPTIONS = new Map<unknown, Check>([
  ['integer', bounds],
  ['number', bounds],
  ['flag', fields({ help: text })],
  ['choice', fields({ help: text, default: text, choices: list(text) })],
  ['text', fields({ help: text, default: text })],
]);
const option: Check = (value, at) => {
  const check = isRecord(value) ? OPTIONS.get(value.type) : undefined;
  return check ? check(value, at) : `${at}.type has to be one of ${[...OPTIONS.keys()].join(', ')}`;
};

const declared = {
  title: optional(text),
  lesson: optional(number),
  options: optional(every(option)),
  names: optional(list(text)),
  explain: optional(fields(guide)),
  translations: optional(every(fields({ words: every(text), guide: fields({ title: text, ...guide }) }))),
};

/** What is wrong with the data of a scenario, as in `options.jobs.min has to be a number`; undefined where nothing is. */
export function mistakeIn(scenario: object): Wrong {
  const data: { readonly [field: string]: unknown } = { ...scenario };
  return first(Object.entries(declared).map(([field, check]) => check(data[field], field)));
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(found: readonly Wrong[]): Wrong {
  return found.find((one) => one !== undefined);
}
