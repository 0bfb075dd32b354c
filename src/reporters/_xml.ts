/** Text in XML. */

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** The text as content or as the value of an attribute. It has to be printable: XML has no other characters. */
export function xml(text: string): string {
  // Halves of surrogate pairs are no characters, and no XML parser takes them.
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** `name="value"` for each, blanks before them. */
export function attributes(values: { readonly [name: string]: string | number | undefined }): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');
}
