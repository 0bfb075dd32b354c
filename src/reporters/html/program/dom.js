// Makes elements. Everything is put in as text nodes and attributes, so that nothing in a message is ever markup.
const SVG = 'http://www.w3.org/2000/svg';

export const make = (tag, values = {}, ...children) => fill(document.createElement(tag), values, children);
export const draw = (tag, values = {}, ...children) => fill(document.createElementNS(SVG, tag), values, children);

function fill(element, values, children) {
  for (const [name, value] of Object.entries(values)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The first of many as elements, and how many there are besides. */
export function atMost(most, all, element, rest) {
  const shown = all.slice(0, most).map(element);
  return all.length > most ? [...shown, rest(all.length - most)] : shown;
}
