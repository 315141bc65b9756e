/** Shares, verdicts and outcomes in words. Pure. */
import type { Mark } from '../../model/derive.ts';
import type { Trace, TraceOutcome } from '../../model/types.ts';

/** Nearer than this two shares are the same: the kernel prints probabilities with 11 digits. */
const SAME = 0.0005;
/** Beyond this many parts a percentage says more than a fraction. */
const PARTS_MAX = 64;
const PARTS_IN_WORDS = 10;

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'] as const;
const inWords = (value: number) => NUMBERS[value] ?? String(value);
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** @returns the share as `k of n` with the smallest n from 2 to `most`, null when no such fraction is near. */
export function fractionOf(share: number, most: number = PARTS_MAX): { readonly k: number; readonly n: number } | null {
  for (let n = 2; n <= most; n += 1) {
    const k = Math.round(share * n);
    // The nearer the fractions are to each other, the less a near hit means.
    if (k > 0 && k < n && Math.abs(share - k / n) < SAME / n) return { k, n };
  }
  return null;
}

/** @returns e.g. "66.7 %", "0.03 %"; a share that is there is never 0 %, one that is not whole never 100 %. */
export function percentWords(share: number): string {
  const percent = share * 100;
  if (percent <= 0) return '0 %';
  if (percent >= 100) return '100 %';
  const digits = percent < 1 || percent > 99 ? 2 : 1;
  const text = percent.toFixed(digits);
  if (Number(text) === 0) return 'below 0.01 %';
  if (Number(text) === 100) return 'above 99.99 %';
  return `${Number(text)} %`;
}

/** @returns how a share stands in a table: "all", "1/3", "66.7 %", "none", "not known". */
export function shareLabel(share: number | null): string {
  if (share === null) return 'not known';
  if (share <= 0) return 'none';
  if (share >= 1 - 1e-9) return 'all';
  const fraction = fractionOf(share);
  return fraction !== null && fraction.k === 1 ? `1/${fraction.n}` : percentWords(share);
}

/** @returns how a share of connections is said: "All connections", "Two of three connections", "12.3 % of connections". */
export function shareOfConnections(share: number): { readonly text: string; readonly one: boolean } {
  if (share >= 1 - 1e-9) return { text: 'all connections', one: false };
  const fraction = fractionOf(share, PARTS_IN_WORDS);
  if (fraction === null) return { text: `${percentWords(share)} of connections`, one: false };
  return { text: `${inWords(fraction.k)} of ${inWords(fraction.n)} connections`, one: fraction.k === 1 };
}

type Verdict = TraceOutcome['verdict'];

/** Worst first, the order of outcomes side by side. */
const VERDICTS: readonly Verdict[] = ['drop', 'reject', 'local-closed', 'unknown', 'passthrough', 'deliver'];

const VERDICT_WORD: Readonly<Record<Verdict, string>> = {
  deliver: 'delivered',
  reject: 'refused',
  drop: 'dropped',
  passthrough: 'not translated',
  'local-closed': 'no listener',
  unknown: 'not known',
};

/** [one connection, several] */
const VERDICT_VERB: Readonly<Record<Verdict, readonly [string, string]>> = {
  deliver: ['reaches an endpoint', 'reach an endpoint'],
  reject: ['is refused', 'are refused'],
  drop: ['is dropped', 'are dropped'],
  passthrough: ['goes on as it is, translated by nothing', 'go on as they are, translated by nothing'],
  'local-closed': ['ends on the node, where nothing listens', 'end on the node, where nothing listens'],
  unknown: ['is not known', 'are not known'],
};

/** @returns the word of a verdict, e.g. "delivered". */
export const verdictWord = (verdict: Verdict): string => VERDICT_WORD[verdict];

/** What a packet was sent to: a passthrough means something else for each. */
export type Destination = 'service' | 'address';

/** @returns the shape beside the word. Delivered is only well when its answer is not known to be lost. */
export function outcomeMark(outcome: Pick<TraceOutcome, 'verdict' | 'returnPath'>, to: Destination = 'address'): Mark {
  switch (outcome.verdict) {
    case 'deliver':
      return outcome.returnPath === 'broken' ? 'high' : 'pass';
    case 'drop':
      return 'critical';
    case 'reject':
    case 'local-closed':
      return 'high';
    case 'passthrough':
      // Nobody answers at the address of a service that nothing translates.
      return to === 'service' ? 'high' : 'info';
    case 'unknown':
      return 'unknown';
  }
}

/** @returns the outcomes with their place in the trace, the worst verdict first, then the likeliest. */
export function worstFirst(
  outcomes: readonly TraceOutcome[],
): readonly { readonly outcome: TraceOutcome; readonly index: number }[] {
  return outcomes
    .map((outcome, index) => ({ outcome, index }))
    .sort(
      (a, b) =>
        VERDICTS.indexOf(a.outcome.verdict) - VERDICTS.indexOf(b.outcome.verdict) || b.outcome.share - a.outcome.share,
    );
}

const withoutPoint = (text: string) => text.replace(/[.\s]+$/, '');

/** @returns what stands after the verb: one endpoint's address, or why, when all outcomes of the verdict agree. */
function detailOf(verdict: Verdict, outcomes: readonly TraceOutcome[]): string {
  if (verdict === 'deliver') {
    const [only] = outcomes;
    const lost = outcomes.filter((one) => one.returnPath === 'broken').length;
    const answers =
      lost === 0 ? '' : lost === outcomes.length ? ', but no reply comes back' : ', but some replies do not come back';
    return `${outcomes.length === 1 && only?.endpoint ? `: ${only.endpoint}` : ''}${answers}`;
  }
  const reasons = [...new Set(outcomes.map((one) => withoutPoint(one.because)))];
  return reasons.length === 1 ? `: ${reasons[0]}` : `, for ${inWords(reasons.length)} reasons`;
}

/**
 * The first line of a trace: what becomes of new connections like this one.
 * "Two of three connections reach an endpoint; one of three is dropped: no route to 10.244.1.250."
 */
export function traceSentence(trace: Pick<Trace, 'outcomes' | 'state'>): string {
  if (trace.outcomes.length === 0) return 'Nothing is known of what becomes of this packet.';
  const parts = [...VERDICTS].reverse().flatMap((verdict) => {
    const outcomes = trace.outcomes.filter((one) => one.verdict === verdict);
    if (outcomes.length === 0) return [];
    const share = outcomes.reduce((sum, one) => sum + one.share, 0);
    return [{ verdict, outcomes, ...shareOfConnections(share) }];
  });
  const said = parts.map(({ verdict, outcomes, text, one }, index) => {
    const who = index === 0 ? text : text.replace(/(?: of)? connections$/, '');
    if (verdict === 'unknown')
      return `what becomes of ${parts.length === 1 ? 'these connections' : who} cannot be told${detailOf(verdict, outcomes)}`;
    return `${who} ${VERDICT_VERB[verdict][one ? 0 : 1]}${detailOf(verdict, outcomes)}`;
  });
  return `${sentence(said.join('; '))}.`;
}

/** @returns e.g. "10.96.0.1:443", "[fd00::1]:53", the address alone without a port. */
export function addressWords(address: string, port: number | null): string {
  if (port === null) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** @returns whose address the endpoint sees, null when nothing is delivered. */
export function sourceSentence(outcome: TraceOutcome): string | null {
  if (outcome.snat === null) return null;
  const who = outcome.endpoint === null ? 'The other side' : 'The endpoint';
  if (!outcome.snat) return `${who} sees the sender's own address.`;
  const seen = outcome.snatTo ?? "another address than the sender's";
  return `${who} sees ${seen} as the sender${outcome.sourceNatRule === null ? '' : ', by the rule below'}.`;
}

const ARRIVES_NOWHERE: readonly Verdict[] = ['drop', 'reject', 'local-closed'];

/** @returns whether replies come back, and the shape beside it. */
export function returnSentence(outcome: TraceOutcome): { readonly mark: Mark; readonly text: string } {
  const because = withoutPoint(outcome.returnBecause);
  // What goes on untranslated was delivered to nobody: whether anybody answers is not the node's to know.
  if (outcome.verdict === 'passthrough' && outcome.returnPath === 'ok')
    return { mark: 'info', text: `A reply, should one be sent, comes back: ${because}.` };
  if (outcome.returnPath === 'unknown' && ARRIVES_NOWHERE.includes(outcome.verdict))
    return { mark: 'info', text: `${sentence(because)}.` };
  if (outcome.verdict === 'unknown') return { mark: 'unknown', text: 'Whether replies come back is not known.' };
  switch (outcome.returnPath) {
    case 'ok':
      return { mark: 'pass', text: `Replies come back: ${because}.` };
    case 'broken':
      return { mark: 'high', text: `Replies do not come back: ${because}.` };
    case 'unknown':
      return { mark: 'unknown', text: `Whether replies come back is not known: ${because}.` };
  }
}
