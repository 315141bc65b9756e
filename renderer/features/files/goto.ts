/** What is typed to go somewhere in a file. Pure. */
import { count } from '../../model/format.ts';
import { parseInstant } from '../../model/time-window.ts';

export type GoTo =
  | { readonly kind: 'line'; readonly line: number }
  /** ms since 1970 */
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'link'; readonly link: string }
  | { readonly kind: 'wrong'; readonly message: string };

/** Where one is: what is relative starts here. */
export interface Here {
  readonly line: number;
  readonly total: number;
  /** An instant of the day that a time without a date is meant of, ms since 1970; null in a file without times. */
  readonly day: number | null;
}

const number = (digits: string) => Number(digits.replace(/[,\s]/g, ''));

/**
 * Reads `4821`, `4,821`, `+1000`, `-200`, `50%`, `12:03`, `2025-10-14T10:07:44Z` or a `coldcase://` link.
 * @returns where it leads; lines beyond the file are its first or last one.
 */
export function parseGoTo(text: string, here: Here): GoTo {
  const typed = text.trim();
  const line = (to: number): GoTo => ({ kind: 'line', line: Math.max(1, Math.min(Math.max(1, here.total), to)) });
  if (/^coldcase:/i.test(typed)) return { kind: 'link', link: typed };
  if (/^\d[\d,\s]*$/.test(typed)) return line(number(typed));
  const relative = /^([+-])\s*(\d[\d,]*)$/.exec(typed);
  if (relative !== null) return line(here.line + (relative[1] === '-' ? -1 : 1) * number(relative[2] ?? ''));
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(typed);
  if (share !== null) return line(1 + Math.round((Math.min(100, Number(share[1])) / 100) * (here.total - 1)));
  const ms = parseInstant(typed, here.day);
  if (ms !== null) return { kind: 'time', ms };
  if (here.day === null && parseInstant(typed, 0) !== null)
    return { kind: 'wrong', message: 'No line of this file carries a known time' };
  return {
    kind: 'wrong',
    message: `Not a place in this file: give a line from 1 to ${count(here.total)}, +1000, 50%, 12:03 or 2025-10-14T10:07`,
  };
}
