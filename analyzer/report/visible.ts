/**
 * Makes characters that act on a terminal or reorder text visible. Every text that comes from an archive passes
 * through here before a person sees it: an escape sequence in a log must not move a cursor or rename a window,
 * and a right-to-left override must not make `gpj.exe` read as `exe.jpg`.
 */

/**
 * C0 without tab, DEL, C1; soft hyphen; Arabic letter mark; zero-width characters and direction marks; line and paragraph
 * separators; embeddings, overrides and isolates; word joiner and invisible operators; BOM; interlinear annotations;
 * tag characters; lone surrogates.
 * Source: Unicode 16 categories Cc, Cf, Zl, Zp, Cs, and UTR #36 "Bidirectional Text Spoofing".
 */
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

function escapeOne(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}

/**
 * @param text any text; line ends count as control characters, so split into lines first.
 * @returns the text with every acting character written as `\x1b`, `\u202e` or `\u{e0041}`. Tabs stay.
 */
export function visible(text: string): string {
  return text.replace(ACTING, escapeOne);
}

/** @returns JSON text that means the same, in which no character acts: each is written as its JSON escape. Line ends stay. */
export function actingEscaped(json: string): string {
  return json.replace(ACTING, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}

/** @returns the text cut into plain and acting parts, for output that sets the acting ones apart. */
export function visibleParts(text: string): readonly { readonly text: string; readonly kind: 'plain' | 'acting' }[] {
  const parts: { text: string; kind: 'plain' | 'acting' }[] = [];
  let at = 0;
  for (const match of text.matchAll(ACTING)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), kind: 'plain' });
    parts.push({ text: escapeOne(match[0]), kind: 'acting' });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at), kind: 'plain' });
  return parts;
}
