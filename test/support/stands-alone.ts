/** Whether a sentence can be read without its title: reasons of checks are listed by themselves. */
const LEANS = /^(?:it|they|them|both|this|these|that|those|such|no such|\d+ of them)\b|\bsays? so\b/i;
/** `1 tables`, `0 processs`. */
const MISCOUNTED = /\b1 (?!is\b|was\b)\w+(?<!s)s\b|sss/;

export const standsAlone = (sentence: string): boolean =>
  sentence !== '' && !LEANS.test(sentence) && !MISCOUNTED.test(sentence);
