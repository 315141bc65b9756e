/** What is wrong with a pattern, in plain words; the messages of regexpp are for those who know the grammar. */

const WORDS: readonly (readonly [string, string])[] = [
  ['Unterminated group', 'a ( of this pattern is never closed'],
  ["Unmatched ')'", 'there is no ( for this ) of the pattern'],
  ['Nothing to repeat', 'there is nothing before this that could be repeated'],
  ['numbers out of order in {} quantifier', 'the smaller number of {} goes first'],
  ['Unterminated character class', 'a [ of this pattern is never closed'],
  ['Range out of order in character class', 'this range of letters runs backwards'],
  ['Invalid capture group name', 'this group has no name such as (?<name>...)'],
  ['Invalid unicode escape', 'this group has no name such as (?<name>...)'],
  ['Invalid character in character class', 'the last [ of this pattern ends with a \\ and is never closed'],
  ['Duplicate capture group name', 'another group has this name already'],
  ['Invalid named capture referenced', 'no group of this pattern has that name'],
  ['Invalid named reference', 'this names no group: \\k<name>'],
  ['Invalid group', 'what stands behind this (? has no meaning'],
  ['\\ at end of pattern', 'nothing stands behind the last \\ of this pattern'],
];

const MODIFIERS = 'a pattern has no flags inside; an i behind its last slash is for all of it';

/**
 * @param message @param index as regexpp gives them: the text ends with what is wrong, the place is where it stopped.
 * @returns half-open range in the source, at least one unit of it if there is one, and a sentence.
 */
export function patternSays(
  source: string,
  message: string,
  index: number,
): { readonly start: number; readonly end: number; readonly message: string } {
  // The source itself is part of the message, so only its end is looked at.
  const said =
    WORDS.find(([text]) => message.endsWith(`: ${text}`)) ?? WORDS.find(([text]) => tail(message).includes(text));
  const modifiers = said?.[0] === 'Invalid group' && /^\(\?[a-z-]+[:)]/.test(source.slice(Math.max(0, index - 1)));
  const start = Math.max(0, Math.min(index, source.length - 1));
  const end = Math.min(start + 1, source.length);
  return { start, end, message: modifiers ? MODIFIERS : (said?.[1] ?? `this pattern is wrong: ${tail(message)}`) };
}

function tail(message: string): string {
  return message.slice(message.lastIndexOf('/: ') + 3).trim();
}
