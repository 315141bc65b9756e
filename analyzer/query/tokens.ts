/** What is typed in the search box, for colouring it. */
import { type Lexeme, lex } from './lex.ts';
import { parseQuery } from './parse.ts';
import { QUERY_CHARS_MAX } from './query.ts';

/** Half-open range in UTF-16 units. */
export interface QueryToken {
  readonly start: number;
  readonly end: number;
  readonly kind: 'word' | 'phrase' | 'pattern' | 'field' | 'value' | 'operator' | 'paren' | 'error';
}

/**
 * @param text anything, a query or not. @returns tokens in their order; each character that is not white space lies in
 * exactly one. Those that the error of the query touches are of the kind `error`.
 */
export function queryTokens(text: string): readonly QueryToken[] {
  const tokens = lex(text.slice(0, QUERY_CHARS_MAX)).flatMap(tokensOf);
  const parse = parseQuery(text);
  const marked = parse.ok
    ? tokens
    : tokens.map((token): QueryToken => {
        const touched = token.start < parse.error.end && token.end > parse.error.start;
        return touched ? { ...token, kind: 'error' } : token;
      });
  if (text.length <= QUERY_CHARS_MAX) return marked;
  return [...marked, { start: QUERY_CHARS_MAX, end: text.length, kind: 'error' }];
}

function tokensOf(lexeme: Lexeme): readonly QueryToken[] {
  const { start, end } = lexeme;
  switch (lexeme.kind) {
    case 'open':
    case 'close':
      return [{ start, end, kind: 'paren' }];
    case 'pattern':
      return [{ start, end, kind: 'pattern' }];
    case 'text':
      return parted(start, lexeme.bounds === 'words' ? start + 1 : start, end, ['operator', lexeme.form]);
    case 'field':
      return parted(start, lexeme.valueStart, end, ['field', 'value']);
    default:
      return [{ start, end, kind: 'operator' }];
  }
}

/** Two tokens, or one where a part is empty. */
function parted(
  start: number,
  middle: number,
  end: number,
  kinds: readonly [QueryToken['kind'], QueryToken['kind']],
): readonly QueryToken[] {
  const both: readonly QueryToken[] = [
    { start, end: middle, kind: kinds[0] },
    { start: middle, end, kind: kinds[1] },
  ];
  return both.filter((token) => token.end > token.start);
}
