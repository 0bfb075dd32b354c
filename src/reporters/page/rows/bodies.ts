/** Bodies as a page shows them: a JSON object field by field, so that none is cut in its middle; text in quotes. */
import stringWidth from 'fast-string-width';

/** Shorter beginnings of a text would tell nothing. */
const LEAST = 8;

/**
 * As much of a body as fits, by whole fields and words; the field that names the message is left out, as its name
 * stands before it. Undefined where nothing that tells something fits; empty where nothing is left to tell.
 */
export function bodyIn(body: string, name: string | undefined, columns: number): string | undefined {
  if (body === '') return '';
  if (!body.startsWith('{')) return textIn(body, columns);
  const fields = fieldsOf(body).filter((field) => !names(field, name));
  if (fields.length === 0) return '';
  for (let count = fields.length; count > 0; count--) {
    const shown = `{${fields.slice(0, count).join(',')}${count < fields.length ? ',…' : ''}}`;
    if (stringWidth(shown) <= columns) return shown;
  }
  return undefined;
}

function textIn(body: string, columns: number): string | undefined {
  const [open, close] = /^[[\d]/.test(body) ? ['', ''] : ['"', '"'];
  const whole = `${open}${body}${close}`;
  if (stringWidth(whole) <= columns) return whole;
  let shown = '';
  for (const word of body.split(' ')) {
    const longer = shown === '' ? word : `${shown} ${word}`;
    if (stringWidth(longer) + open.length + 1 > columns) break;
    shown = longer;
  }
  return stringWidth(shown) >= LEAST ? `${open}${shown}…` : undefined;
}

/** The fields of a JSON object as they stand there; what was cut off goes with its last, broken one. */
function fieldsOf(body: string): string[] {
  const isWhole = body.endsWith('}');
  const inside = body.slice(1, isWhole ? -1 : undefined);
  const fields: string[] = [];
  let depth = 0;
  let isText = false;
  let start = 0;
  for (let at = 0; at < inside.length; at++) {
    const character = inside[at];
    if (isText) {
      if (character === '\\') at++;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',' && depth === 0) {
      fields.push(inside.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = inside.slice(start).trim();
  if (isWhole) return last === '' ? fields : [...fields, last];
  return fields.length === 0 && last !== '' ? [last] : [...fields, '…'];
}

/** Whether `"job":3` is what `job 3` is called by. */
function names(field: string, name: string | undefined): boolean {
  if (name === undefined) return false;
  const [, key = '', value = ''] = /^"((?:[^"\\]|\\.)*)"\s*:\s*"?(.*?)"?$/.exec(field) ?? [];
  return name === `${key} ${value}`;
}
