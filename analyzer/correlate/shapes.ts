/**
 * The shape of a message: its text with what differs each time left out. These two have one shape:
 *
 *   E0303 13:30:22.123456       1 reflector.go:158] ... Get "https://10.0.3.7/api?resourceVersion=71000001": i/o timeout
 *   E0303 13:30:55.654321       1 reflector.go:158] ... Get "https://10.0.3.9/api?resourceVersion=71000377": i/o timeout
 *
 * Left out are numbers, addresses, uuids, hashes, ids of AWS and the random ends of pod names. Words stay: two messages
 * of one shape say the same about different things.
 */
import { unwrapLine } from '../time/stamp.ts';

/** What a mark stands for is not told: `web-7d4b9c8f6-x2x9z` and `web-5` may be the same thing. */
const MARK = '\u0001';

/** Of a message that is looked at: what it says stands at its beginning, and a dump in one line is no message. */
const SHAPE_CHARS = 400;

/** A literal that is shorter is in every block. */
const PROBE_CHARS_MIN = 6;

/** Each costs a look into the index, and more of them hardly rule out any further block. */
const PROBES_MAX = 4;

/**
 * Every alternative begins with something that ends soon, so that the time grows with the line only. In this order:
 * uuids; hexadecimal numbers (also of ids: eni-, i-, vol-) of eight digits and more; addresses of version 6; random ends
 * of pods of a Deployment and of a DaemonSet (Kubernetes' SafeEncodeString leaves vowels and 0, 1, 3 out); numbers with
 * all that hangs on them (addresses, versions, durations).
 */
const DIFFERS = new RegExp(
  [
    '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
    '(?<![0-9A-Za-z])(?:0x)?(?=[a-f]{0,40}[0-9])[0-9a-f]{8,}(?![0-9A-Za-z])',
    '(?<![0-9A-Za-z:])(?=[0-9:]{0,40}(?:[a-f]|::))(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![0-9A-Za-z:])',
    '-(?=[a-z]{0,9}[0-9])[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}(?![0-9A-Za-z])',
    '-(?!https(?![0-9A-Za-z]))[bcdfghjklmnpqrstvwxz2456789]{5}(?![0-9A-Za-z-])',
    '[0-9]+(?:[.:,][0-9]+)*',
  ].join('|'),
  'g',
);

/** @param line as it stands in the file. @returns its shape; lines of one file role with the same shape say the same. */
export function shapeOf(line: string): string {
  return unwrapLine(line.slice(0, 2 * SHAPE_CHARS))
    .body.slice(0, SHAPE_CHARS)
    .replace(DIFFERS, MARK)
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * @returns the longest texts that every line of this shape holds, each once, the longest first; none when all are too
 * short to look for.
 */
export function probesOf(shape: string): readonly string[] {
  // Blanks were joined: a text that holds one may stand otherwise in a line. What is no UTF-8 stands otherwise in its file.
  const words = new Set(shape.replaceAll(MARK, ' ').split(' '));
  return [...words]
    .filter((word) => word.length >= PROBE_CHARS_MIN && !word.includes('\ufffd'))
    .sort((one, two) => two.length - one.length || (one < two ? -1 : 1))
    .slice(0, PROBES_MAX);
}
