/** The forms in which a value could have stayed in an export unseen. Sources: RFC 4648, RFC 3986, RFC 8259, RFC 1035, RFC 4291. */
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
  for (const text of new Set([original, ...spellings.filter(isPlain).map((form) => form.text)]))
    forms.push(...ofText(text));
  const seen = new Set<string>();
  return forms.filter(({ text }) => text !== '' && !seen.has(text) && seen.add(text));
}

function isPlain({ encoding }: EncodedForm): boolean {
  return encoding === 'address' || encoding === 'MAC';
}

function ofText(text: string): readonly EncodedForm[] {
  const bytes = Buffer.from(text, 'utf8');
  const any = (encoding: string, form: string, place: EncodedForm['place'] = 'own'): EncodedForm[] =>
    form === text ? [] : [{ encoding, text: form, letters: 'any case', place }];
  const quoted = JSON.stringify(text).slice(1, -1);
  return [
    ...base64(bytes),
    ...(bytes.length < HEX_BYTES_MIN ? [] : any('hex', bytes.toString('hex'), 'anywhere')),
    ...any('URL', urlEncoded(text)),
    ...any('URL', [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''), 'anywhere'),
    ...any('JSON', quoted),
    ...any('JSON', quoted.replaceAll('/', '\\/')),
    ...any('JSON', quoted.replace(/[<>&'=]/g, unicodeEscape)),
    ...any('JSON', text.replace(/[\s\S]/g, unicodeEscape), 'anywhere'),
    ...any(
      'HTML',
      text.replace(/[&<>"'`=]/g, (letter) => NAMED[letter] ?? letter),
    ),
    ...any(
      'HTML',
      text.replace(/[&<>"'`=]/g, (letter) => `&#${letter.charCodeAt(0)};`),
    ),
    ...any('HTML', [...text].map((letter) => `&#${letter.codePointAt(0)};`).join(''), 'anywhere'),
    ...any('HTML', [...text].map((letter) => `&#x${(letter.codePointAt(0) ?? 0).toString(16)};`).join(''), 'anywhere'),
    ...any('Markdown', text.replace(/[\\`*_{}[\]<>#|~&!@$^]/g, '\\$&')),
  ];
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '=': '&#61;',
};

function unicodeEscape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Lone halves of a pair have no UTF-8. */
function urlEncoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : text;
}

/** A value inside of other bytes begins at one of three places of their base64; letters that hold bits of neighbours are left out. */
function base64(bytes: Buffer): readonly EncodedForm[] {
  if (bytes.length < BASE64_BYTES_MIN) return [];
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = before === 0 ? 0 : before + 1;
    const last = Math.floor((whole.length * 8) / 6);
    const form = (name: 'base64' | 'base64url'): EncodedForm => ({
      encoding: 'base64',
      text: whole.toString(name).slice(first, last),
      letters: 'exact',
      place: 'anywhere',
    });
    return [form('base64'), form('base64url')];
  });
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
