/** What letters of ASCII are, by table: finders ask it of every letter around a dot, a dash or a colon. */

const TABLE_CODES = 256;

function tableOf(letters: RegExp): Uint8Array {
  const ascii = (code: number): boolean => code < 128 && letters.test(String.fromCharCode(code));
  return Uint8Array.from({ length: TABLE_CODES }, (_, code) => (ascii(code) ? 1 : 0));
}

/** 1: yes. Of codes of a TextPiece. */
export const WORD = tableOf(/[0-9A-Za-z]/);
export const DIGIT = tableOf(/[0-9]/);
export const HEX = tableOf(/[0-9A-Fa-f]/);
export const LOWER_HEX = tableOf(/[0-9a-f]/);
/** Of names with dots. */
export const NAME = tableOf(/[0-9A-Za-z.-]/);
