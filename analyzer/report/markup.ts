/**
 * HTML that cannot carry customer text as markup: the template escapes every string it is given, and only what
 * another template made passes as it is.
 */
import { visible, visibleParts } from './visible.ts';

/** Markup made by `html`; there is no other way to make one. */
export class Html {
  readonly markup: string;
  constructor(markup: string, key: typeof KEY) {
    if (key !== KEY) throw new Error('Html is made by the html template only');
    this.markup = markup;
  }
}
const KEY = Symbol('html');

export type HtmlValue = string | number | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '=': '&#61;',
};

/** @returns the text with HTML's own characters as entities, and those that would end an attribute. */
export function withEntities(text: string): string {
  return text.replace(/[&<>"'`=]/g, (character) => ENTITIES[character] ?? character);
}

/** @returns the text with HTML's own characters as entities and acting characters visible, as plain text. */
function escapeText(text: string): string {
  return visibleParts(text)
    .map((part) => {
      const escaped = withEntities(part.text);
      return part.kind === 'acting' ? `<span class="acting">${escaped}</span>` : escaped;
    })
    .join('');
}

/**
 * Template tag. Strings are text, wherever they come from; use it for element content only, and `attribute` for
 * the few attributes whose value is not a literal.
 */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = literals[0] ?? '';
  values.forEach((value, index) => {
    if (value instanceof Html) markup += value.markup;
    else if (typeof value === 'string') markup += escapeText(value);
    else if (typeof value === 'number') markup += String(value);
    else markup += value.map((one) => one.markup).join('');
    markup += literals[index + 1] ?? '';
  });
  return new Html(markup, KEY);
}

/** Nothing. */
export const NOTHING = html``;

/** @returns a value for an id, class or fragment: letters, digits, dash and underscore only. */
export function attribute(value: string): Html {
  return new Html(value.replace(/[^A-Za-z0-9_-]/g, '-'), KEY);
}

/** @returns the value of an attribute between double quotes; any text, from which it can be read back but for what acts. */
export function quotedAttribute(value: string): Html {
  return new Html(withEntities(visible(value)), KEY);
}

/** @returns markup written in this repository (a style sheet, an icon); never pass anything else. */
export function ownMarkup(literals: TemplateStringsArray): Html {
  return new Html(literals.join(''), KEY);
}

/** @returns a sentence with the parts between back quotes set as code; line ends become spaces. */
export function sentence(text: string): Html {
  const pieces = text.replace(/\r?\n/g, ' ').split('`');
  // An odd number of back quotes marks nothing.
  if (pieces.length % 2 === 0) return html`${pieces.join('`')}`;
  return html`${pieces.map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : html`${piece}`))}`;
}
