/** The part of a log line that is no stamp: the columns of a list say when and who already. Pure. */

/**
 * Heads of lines, outermost first; each may be there once. Samples:
 * `2025-10-14T10:07:44.812345678Z stderr F ` (CRI), `{"log":"` (docker), `Jun 17 14:00:01 ip-10-0-1-2 kubelet[3127]: `
 * (syslog), `2026-06-17T14:00:01.000Z host prog[1]: `, `[Wed Jun 17 10:00:01 2026] ` (dmesg -T), `[  12.345678] `
 * (kernel), `I0617 14:00:01.285375    3127 prober.go:107] ` (klog), `time="2026-06-17T14:00:01Z" level=info msg=`
 * (logrus), `[ERROR] ` stays.
 */
const HEADS: readonly RegExp[] = [
  /^\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d) (?:stdout|stderr) [FP] /,
  /^[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)? \S+ [^\s:[]+(?:\[\d+\])?: /,
  /^\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)? \S+ [^\s:[]+\[\d+\]: /,
  /^\[(?:[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}|\s*\d+\.\d+)\] /,
  /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+?:\d+\] /,
  /^time="[^"]{10,40}" level=\w+ msg=/,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? /,
];
/** Heads are short; what is behind this is text. */
const HEAD_CHARS = 400;
/** `{"level":"info","ts":"...","caller":"...","msg":"Starting"`: the message of a line of JSON. */
const JSON_MESSAGE = /^\{.{0,300}?"(?:msg|message|log)"\s*:\s*"/;

/** @returns where the message begins; 0 where no head is known. */
export function messageStart(text: string): number {
  let start = 0;
  for (const head of HEADS) {
    const found = head.exec(text.slice(start, start + HEAD_CHARS));
    if (found !== null) start += found[0].length;
  }
  const json = JSON_MESSAGE.exec(text.slice(start, start + HEAD_CHARS));
  if (json !== null) start += json[0].length;
  return start < text.length ? start : 0;
}
