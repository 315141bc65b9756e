/** Encoders for tests, made from the decoders: what a byte or two decode to is encoded by them. */

const SINGLE_BYTE = ['windows-1252', 'windows-1251', 'windows-1250', 'windows-1253', 'windows-1254', 'windows-1255'];
const ONE_BYTE_MORE = ['windows-1256', 'windows-1257', 'windows-874', 'iso-8859-2', 'iso-8859-5', 'iso-8859-7'];
const LEGACY = [...SINGLE_BYTE, ...ONE_BYTE_MORE, 'koi8-r', 'shift_jis', 'euc-jp', 'euc-kr', 'gb18030', 'big5'];

/** Texts that only their own encoding makes sense of: encoding and a line long enough to be told by its letters. */
export const SAMPLE_TEXTS: readonly (readonly [encoding: string, text: string])[] = [
  ['windows-1252', 'Größe überschritten: die Straße über den Fluß ist gesperrt, schöne Grüße aus Köln und München'],
  [
    'windows-1251',
    'ошибка сети: не удалось подключиться к серверу, повторите попытку позже или обратитесь к администратору',
  ],
  ['koi8-r', 'ошибка сети: не удалось подключиться к серверу, повторите попытку позже или обратитесь к администратору'],
  ['iso-8859-7', 'σφάλμα δικτύου: δεν ήταν δυνατή η σύνδεση με τον διακομιστή, δοκιμάστε πάλι αργότερα'],
  ['shift_jis', 'ネットワークエラー: サーバーに接続できませんでした。後でもう一度お試しください。'],
  ['euc-jp', 'ネットワークエラー: サーバーに接続できませんでした。後でもう一度お試しください。'],
  ['euc-kr', '네트워크 오류: 서버에 연결할 수 없습니다. 나중에 다시 시도하십시오. 관리자에게 문의하십시오.'],
  ['gb18030', '网络错误：无法连接到服务器，请稍后再试。如果问题仍然存在，请与系统管理员联系。'],
  ['big5', '網路錯誤：無法連接到伺服器，請稍後再試。如果問題仍然存在，請與系統管理員聯絡。'],
];

const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

function tableOf(encoding: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(encoding);
  if (known !== undefined) return known;
  const decoder = new TextDecoder(encoding);
  const table = new Map<string, readonly number[]>();
  const take = (bytes: readonly number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes));
    const one = [...text].length === 1 && text !== '\ufffd' && text !== '\ufeff';
    if (one && !table.has(text)) table.set(text, bytes);
  };
  for (let first = 0; first < 256; first++) take([first]);
  for (let first = 0x81; first < 0xff; first++) for (let second = 0x40; second < 0xff; second++) take([first, second]);
  tables.set(encoding, table);
  return table;
}

/** @returns every encoding that is tested, with the letters that a test may write in it. */
export function encodingsUnderTest(): readonly { readonly encoding: string; readonly letters: readonly string[] }[] {
  const unicode = ['A', '\n', 'ü', '网', '\u2028', '😀', '𐍈', '\u0000', '\uffff'];
  return [
    ...['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'].map((encoding) => ({ encoding, letters: unicode })),
    ...LEGACY.map((encoding) => ({ encoding, letters: [...tableOf(encoding).keys()] })),
  ];
}

/** @returns the text in this encoding. A letter that it does not have is an error of the test. */
export function encoded(text: string, encoding: string): Uint8Array {
  if (encoding === 'utf-8') return Buffer.from(text);
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (encoding.startsWith('utf-32')) return utf32(text, encoding === 'utf-32be' ? 'big' : 'little');
  const table = tableOf(encoding);
  const bytes: number[] = [];
  for (const letter of text) {
    const found = table.get(letter);
    if (found === undefined) throw new Error(`${encoding} has no ${letter}`);
    bytes.push(...found);
  }
  return Uint8Array.from(bytes);
}

function utf32(text: string, order: 'big' | 'little'): Uint8Array {
  const letters = [...text];
  const out = Buffer.alloc(letters.length * 4);
  for (const [index, letter] of letters.entries()) {
    const code = letter.codePointAt(0) as number;
    if (order === 'big') out.writeUInt32BE(code, index * 4);
    else out.writeUInt32LE(code, index * 4);
  }
  return out;
}
