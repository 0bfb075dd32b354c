/**
 * What is secret, decided in one place. By its name (a password, a token, a signature: of a header, a field, a query
 * parameter, an option), or because it was seen as a secret before: what was one once stays hidden everywhere after.
 */
export const HIDDEN = '***';

/** Words that make a name a secret's, wherever they stand in it: X-Auth-Token, client_secret, dbPassword. */
const WORDS = new RegExp(
  '(^|-)(authentication|authorization|auth|bearer|cookie2?|credentials?|jwt|passcode|passphrase|passwd|password|pwd|' +
    'secret|session-?id|signature|sig|token|csrf|xsrf|csrftoken|xsrftoken|apikey|' +
    '(access|api|auth|client|encryption|functions|private|secret|signing|subscription)-?key)($|-)',
);
/** Of these any value is a secret; of the others only one that is long enough to be one: a fencing token is a number. */
const PASSWORDS = /(^|-)(passcode|passphrase|passwd|password|pwd|pass|otp|pin|secret)($|-)/;
const LEAST_TOKEN_CHARS = 8;
/** Names that are a secret's only as a whole. */
const WHOLE = new Set(['otp', 'pin', 'sid']);
/** Names that are a secret's in a query only: an authorization code is one, an error code is none. */
const IN_QUERY = new Set(['code', 'key', 'pass']);
/** Passwords that everybody knows, and that are words of the page besides. */
const KNOWN = new Set(['guest', 'default', 'redis', 'rabbitmq', 'password', 'secret', 'localhost', '127.0.0.1']);
/** A shorter one would be found inside of words. */
const LEAST_CHARS = 6;
/** So many are remembered; then the oldest is forgotten. */
const MOST_SECRETS = 200;

/** Where pairs of names and values stand. */
const HEADERS = new Set(['headers', 'trailers']);

const seen = new Set<string>();
let shown = false;

/** From here on nothing is hidden, for those who must see it. */
export function showSecrets(): void {
  shown = true;
}

/** Whether secrets are shown. */
export function secretsAreShown(): boolean {
  return shown;
}

/** Whether something of this name is a secret. */
export function isSecretName(name: string): boolean {
  return judged(name).isSecret;
}

/** What a name says of the value below it. */
interface Judgement {
  /** In lower case, its words joined by a dash. */
  readonly plain: string;
  readonly isSecret: boolean;
  readonly isPassword: boolean;
}

/** So many names are remembered with what they say: every event holds the same few. */
const MOST_NAMES = 1_000;
const judgements = new Map<string, Judgement>();

function judged(name: string): Judgement {
  const known = judgements.get(name);
  if (known !== undefined) return known;
  const plain = decoded(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase();
  const judgement = { plain, isSecret: WORDS.test(plain) || WHOLE.has(plain), isPassword: PASSWORDS.test(plain) };
  if (judgements.size < MOST_NAMES) judgements.set(name, judgement);
  return judgement;
}

/** Whether what stands under this name is a secret. */
export function isSecret(name: string, value: string, inQuery = false): boolean {
  const { plain, isSecret: isNamed, isPassword } = judged(name);
  if (inQuery && IN_QUERY.has(plain)) return true;
  return isNamed && (inQuery || isPassword || value.length >= LEAST_TOKEN_CHARS);
}

/** Remembers a secret, so that it is hidden wherever it turns up again, also as a URL or Base64 writes it. */
export function learnSecret(secret: string): void {
  // What is sent as `Bearer x` is repeated as `x`.
  for (const one of new Set([secret, secret.replace(/^\w+ +/, ''), decoded(secret)])) {
    if (one.length < LEAST_CHARS || KNOWN.has(one.toLowerCase()) || one.includes(HIDDEN) || seen.has(one)) continue;
    seen.add(one);
    lastClean.clear();
    if (seen.size > MOST_SECRETS) for (const oldest of seen) if (seen.delete(oldest)) break;
  }
}

/** Remembers the password of a URL, and what its query holds in confidence. */
export function learnUrl(url: string): void {
  const [, user = '', password] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#:@]*):(.*)@/is.exec(url) ?? [];
  if (password !== undefined) {
    learnSecret(password);
    learnSecret(Buffer.from(`${decoded(user)}:${decoded(password)}`).toString('base64'));
  }
  for (const [, name = '', value = ''] of url.matchAll(/[?&]([^=&#]+)=([^&#]*)/g)) {
    if (isSecret(name, value, true)) learnSecret(value);
  }
}

/** Whatever can be a secret, or hold one, has one of these in it: most texts have none. */
const SUSPECT = /:\/\/|pass|pwd|secret|token|auth|cookie|cred|jwt|key|sig|sess|sid|csrf|xsrf|code|otp|pin|bearer/i;
const PASSWORD = /\b([a-z][a-z0-9+.-]*:\/\/[^\s/?#:@]*):(?!\d{1,5}(?:[/?#\s,;)\]"']|$))([^\n@]{0,300})@(?=[\w[])/gi;
const IN_URL = /([?&;])([\w.%~+-]{1,100})=([^&;#\s"'<>]*)/g;
const ASSIGNED = /(^|[\s"'{(,&])([\w.%~-]{1,100})=([^&;\s"'<>,)}]+)/g;
const JSON_FIELD = /((\\*)"((?:[^"\\]){1,100})\2"\s*:\s*)(?:\2"((?:(?!\2")[\s\S])*)(\2"|$)|(-?\d[\d.]*))/g;
const HEADER = /(^|[\s"',])((?:proxy-)?authorization|cookie|set-cookie|[\w-]*-token|[\w-]*-api-key)(:\s+)([^\n"']+)/gi;
const PRIVATE_KEY = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)([\s\S]+?)(-----END|$)/g;
/** A token in a text: words have no figures in them, and are shorter. RFC 6750 §2.1 */
const BEARER = /\b(bearer +)(?=[\w.~+/-]*\d|[\w.~+/-]{20})([\w.~+/-]{8,}=*)/gi;

const SPACED_COLON = /:\s/;

/** The text without its secrets. */
export function hideSecrets(text: string): string {
  if (shown) return text;
  return hideSeen(SUSPECT.test(text) ? hideNamed(text) : text);
}

/** Each pattern is tried only where the text holds what it can't do without. */
function hideNamed(text: string): string {
  let clean = text;
  if (text.includes('://')) clean = clean.replace(PASSWORD, (_all, before, word) => `${before}:${keep(word)}@`);
  if (text.includes('=')) {
    clean = clean
      .replace(IN_URL, (all, before, name, value) =>
        isSecret(name, value, true) ? `${before}${name}=${keep(value)}` : all,
      )
      .replace(ASSIGNED, (all, before, name, value) =>
        isSecret(name, value) ? `${before}${name}=${keep(value)}` : all,
      );
  }
  if (text.includes('"')) {
    clean = clean.replace(JSON_FIELD, (all, before, slashes, name, value, end, number) => {
      if (!isSecret(name, value ?? number)) return all;
      return number === undefined ? `${before}${slashes}"${keep(value)}${end}` : `${before}"${keep(number)}"`;
    });
  }
  if (text.includes('PRIVATE KEY-----')) {
    clean = clean.replace(PRIVATE_KEY, (_all, begin, key, end) => `${begin}${keep(key)}${end}`);
  }
  clean = clean.replace(BEARER, (_all, scheme, token) => `${scheme}${keep(token)}`);
  if (!SPACED_COLON.test(text)) return clean;
  return clean.replace(HEADER, (_all, before, name, colon, value) => `${before}${name}${colon}${keep(value)}`);
}

/** Remembers a value, and gives what is shown instead. */
function keep(value: string): string {
  learnSecret(value);
  return value === '' ? '' : HIDDEN;
}

function hideSeen(text: string): string {
  let clean = text;
  for (const secret of seen) if (clean.includes(secret)) clean = clean.replaceAll(secret, HIDDEN);
  return clean;
}

const NO_NAMES: ReadonlySet<string> = new Set();
/** Of a statement only its values hold what others wrote. */
const IN_STATEMENT: ReadonlySet<string> = new Set(['code']);
/** What stood under a name last, where nothing in it was a secret: event after event names the same peer. */
const LONGEST_REPEATED = 100;
const lastClean = new Map<string, string>();

/**
 * A value of which every text, and whatever stands under a secret's name, is without its secrets. `own` names those of
 * its own fields that hold words of msgplay's, which can't be secrets.
 */
export function withoutSecrets<Value>(value: Value, own = NO_NAMES): Value {
  if (shown) return value;
  const known = seen.size;
  const clean = hideIn(value, '', own) as Value;
  // What was told before its name was known.
  return seen.size > known ? (hideIn(clean, '', own) as Value) : clean;
}

function hideIn(value: unknown, name: string, own = NO_NAMES): unknown {
  if (typeof value === 'string') return hideText(value, name);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return hideEach(value, name);
  let changed: { [name: string]: unknown } | undefined;
  for (const key in value) {
    if (own.has(key)) continue;
    const inner = (value as { [name: string]: unknown })[key];
    const clean = hideIn(inner, key, key === 'statement' ? IN_STATEMENT : NO_NAMES);
    if (clean !== inner) {
      changed ??= { ...value };
      changed[key] = clean;
    }
  }
  return changed ?? value;
}

function hideText(text: string, name: string): string {
  if (lastClean.get(name) === text) return text;
  const clean = isSecret(name, text) ? keep(text) : hideSecrets(text);
  if (clean === text && text.length <= LONGEST_REPEATED && (lastClean.size < MOST_NAMES || lastClean.has(name))) {
    lastClean.set(name, text);
  }
  return clean;
}

/** Headers are told as pairs of a name and a value. */
function hideEach(values: readonly unknown[], name: string): readonly unknown[] {
  const clean = values.map((one) => {
    if (!HEADERS.has(name) || !Array.isArray(one)) return hideIn(one, name);
    const content = hideIn(one[1], String(one[0]));
    return content === one[1] ? one : [one[0], content];
  });
  return clean.some((one, index) => one !== values[index]) ? clean : values;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
