/** What the first bytes of a file tell by themselves, whatever its path and the layout of its bundle. */
import { formatOf } from '../formats/format-of.ts';
import { type Intake, intakeOf } from '../formats/intake.ts';
import { holdsObjects, type Sniffed, sniffRole } from './sniff.ts';

export interface ContentSigns {
  /** Null when the content does not say what it is. */
  readonly sniffed: Sniffed | 'binary' | null;
  /** Id of a log format of analyzer/formats; `text` for all other text, command outputs among it; `binary`. */
  readonly format: string;
  /** Objects of Kubernetes, of whatever kind. */
  readonly objects: boolean;
  /** Rules without an address of either family and without the header of their command: the name tells the family. */
  readonly addressFree: boolean;
}

/** @param head first bytes of its text (of the file, when it is binary), SNIFF_BYTES at most. @param kind by `head` when it is not given. */
export function contentSigns(head: Uint8Array, kind: Intake['kind'] = intakeOf(head).kind): ContentSigns {
  if (kind === 'binary') return BINARY;
  const sniffed = sniffRole(head);
  // What is told by its content is a command's output or an object, no log.
  const format = kind === 'journal' ? 'journal' : sniffed === null ? formatOf(head).format : 'text';
  return {
    sniffed,
    format,
    objects: sniffed === null ? holdsObjects(head) : sniffed.role === 'cluster-resources',
    addressFree: sniffed !== null && isOfUnknownFamily(sniffed) && isAddressFree(head),
  };
}

const BINARY: ContentSigns = { sniffed: 'binary', format: 'binary', objects: false, addressFree: false };

const isOfUnknownFamily = ({ role, because }: Sniffed): boolean =>
  (role === 'iptables-list' || role === 'iptables-save') && !because.startsWith('header');

function isAddressFree(head: Uint8Array): boolean {
  return !/\d\.\d+\.\d+\.\d|::/.test(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
}
