/** The forms in which a value could have stayed in an export unseen. Sources: RFC 4648, RFC 3986, RFC 8259, RFC 1035, RFC 4291. */
import { withBackslashes } from '../markdown-text.ts';
import { withEntities } from '../markup.ts';
import { asMapped, hexOf, printAddress, printExpanded } from './address-text.ts';
import { macBytes, readSpelled } from './find-addresses.ts';

export interface EncodedForm {
  /** What the report calls it: `base64`, `URL`. */
  readonly encoding: string;
  readonly text: string;
  /** `exact`: other letters are other bytes. */
  readonly letters: 'exact' | 'any case';
  /** `own`: between letters and digits it is something else. */
  readonly place: 'own' | 'anywhere';
}

/** Three bytes are four letters of base64, which any text of some length has by chance. */
const BASE64_BYTES_MIN = 6;
/** Eight hex digits stand in one of some hundred hashes by chance, when a case has some hundred values; twelve do not. */
const HEX_BYTES_MIN = 6;

/** @param kind id of the kind. @param original the value. @returns each form once; the first is the text itself. */
export function encodedForms(kind: string, original: string): readonly EncodedForm[] {
  const place = kind === 'word' && original.length > 2 ? 'anywhere' : 'own';
  const forms: EncodedForm[] = [{ encoding: 'text', text: original, letters: 'any case', place }];
  const spellings = kind === 'address' ? ofAddress(original) : kind === 'mac' ? ofMac(original) : [];
  forms.push(...spellings);
  for (const text of new Set([original, ...spellings.filter(isPlain).map((form) => form.text)])) {
    forms.push(...ofText(text));
  }
  const seen = new Set<string>();
  return forms.filter(({ text }) => text !== '' && !seen.has(text) && seen.add(text));
}

function isPlain({ encoding }: EncodedForm): boolean {
  return encoding === 'address' || encoding === 'MAC';
}

/** Nothing in it that a URL, JSON, HTML or Markdown writes otherwise. */
const PLAIN = /^[A-Za-z0-9.-]*$/;

function ofText(text: string): readonly EncodedForm[] {
  const bytes = Buffer.from(text, 'utf8');
  const forms = base64(bytes);
  const any = (encoding: string, form: string, place: EncodedForm['place'] = 'own'): void => {
    if (form !== text) forms.push({ encoding, text: form, letters: 'any case', place });
  };
  const plain = PLAIN.test(text);
  const quoted = plain ? text : JSON.stringify(text).slice(1, -1);
  if (bytes.length >= HEX_BYTES_MIN) any('hex', bytes.toString('hex'), 'anywhere');
  if (!plain) any('URL', urlEncoded(text));
  let percents = '';
  for (const byte of bytes) percents += PERCENTS[byte];
  any('URL', percents, 'anywhere');
  if (!plain) {
    any('JSON', quoted);
    any('JSON', quoted.replaceAll('/', '\\/'));
    any('JSON', quoted.replace(/[<>&'=]/g, unicodeEscape));
  }
  let [escapes, decimals, hexes] = ['', '', ''];
  for (let at = 0; at < text.length; at++) escapes += unicodeEscape(text.charAt(at));
  any('JSON', escapes, 'anywhere');
  if (!plain) {
    any('HTML', withEntities(text));
    any(
      'HTML',
      text.replace(/[&<>"'`=]/g, (letter) => `&#${letter.charCodeAt(0)};`),
    );
  }
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    decimals += `&#${code};`;
    hexes += `&#x${code.toString(16)};`;
  }
  any('HTML', decimals, 'anywhere');
  any('HTML', hexes, 'anywhere');
  if (!plain) any('Markdown', withBackslashes(text));
  return forms;
}

const PERCENTS = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`);
const ESCAPES = Array.from({ length: 128 }, (_, code) => `\\u${code.toString(16).padStart(4, '0')}`);

function unicodeEscape(letter: string): string {
  const code = letter.charCodeAt(0);
  return ESCAPES[code] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Lone halves of a pair have no UTF-8. */
function urlEncoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}

/** A value inside of other bytes begins at one of three places of their base64; letters that hold bits of neighbours are left out. */
function base64(bytes: Buffer): EncodedForm[] {
  if (bytes.length < BASE64_BYTES_MIN) return [];
  const forms: EncodedForm[] = [];
  const whole = Buffer.alloc(bytes.length + 2);
  for (const before of [0, 1, 2]) {
    whole.fill(0, 0, before);
    bytes.copy(whole, before);
    const length = before + bytes.length;
    const first = before === 0 ? 0 : before + 1;
    const text = whole.toString('base64', 0, length).slice(first, Math.floor((length * 8) / 6));
    forms.push({ encoding: 'base64', text, letters: 'exact', place: 'anywhere' });
    // As in base64url.
    if (/[+/]/.test(text)) {
      const other = text.replaceAll('+', '-').replaceAll('/', '_');
      forms.push({ encoding: 'base64', text: other, letters: 'exact', place: 'anywhere' });
    }
  }
  return forms;
}

function ofAddress(original: string): readonly EncodedForm[] {
  const spelled = readSpelled(original);
  if (spelled === null) return [];
  const { bytes } = spelled;
  const own = (encoding: string, text: string): EncodedForm => ({ encoding, text, letters: 'any case', place: 'own' });
  if (bytes.length === 4) {
    const back = [...bytes].reverse();
    return [
      own('address', printAddress(bytes)),
      own('dashed address', bytes.join('-')),
      own('hex address', hexOf(bytes)),
      own('hex address, last byte first', hexOf(Uint8Array.from(back))),
      own('hex address', `0x${hexOf(bytes)}`),
      own('reversed address', `${back.join('.')}.in-addr.arpa`),
      own('IPv6 with IPv4 inside', printExpanded(asMapped(bytes))),
      own('IPv6 with IPv4 inside', `::ffff:${hexOf(bytes).slice(0, 4)}:${hexOf(bytes).slice(4)}`),
    ];
  }
  const groups = printExpanded(bytes);
  return [
    own('address', printAddress(bytes)),
    own('expanded address', groups),
    own('expanded address', groups.replace(/(?<=^|:)0{1,3}/g, '')),
    own('dashed address', groups.replaceAll(':', '-')),
    own('dashed address', printAddress(bytes).replaceAll(':', '-')),
    own('hex address', hexOf(bytes)),
    own('reversed address', `${[...hexOf(bytes)].reverse().join('.')}.ip6.arpa`),
  ];
}

function ofMac(original: string): readonly EncodedForm[] {
  const bytes = macBytes(original);
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const own = (encoding: string, text: string): EncodedForm => ({ encoding, text, letters: 'any case', place: 'own' });
  // Modified EUI-64, RFC 4291 appendix A: the second half of many IPv6 addresses.
  const first = ((bytes[0] as number) ^ 2).toString(16);
  const [, b, c, d, e, f] = pairs as [string, string, string, string, string, string];
  const plain = (group: string): string => group.replace(/^0{1,3}/, '');
  return [
    own('MAC', pairs.join(':')),
    own('MAC', pairs.join('-')),
    own('MAC', pairs.join('')),
    own('MAC', `${pairs[0]}${b}.${c}${d}.${e}${f}`),
    own('MAC in an IPv6 address', `${plain(first + b)}:${plain(`${c}ff`)}:${plain(`fe${d}`)}:${plain(e + f)}`),
  ];
}
