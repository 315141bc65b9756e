/** Which layout a bundle has, what each of its files is, and whose node it is. Pure: paths and first bytes in, roles out. */
import { type LayoutDefinition, layoutDefinition, layoutDefinitions } from './definitions.ts';
import type { Role } from './roles.ts';
import { looksBinary, sniffRole } from './sniff.ts';

/** What recognition knows of one member. */
export interface MemberHead {
  readonly path: string;
  /** First bytes (SNIFF_BYTES at most). */
  readonly head: Uint8Array;
  readonly bytes: number;
  /** Milliseconds since 1970 from the archive, when it says. */
  readonly modified?: number | null;
}

export interface RecognisedFile {
  readonly role: Role;
  readonly because: string;
  readonly format: 'text' | 'binary';
}

export interface Recognised {
  readonly layout: string;
  readonly because: string;
  readonly node: string | null;
  readonly nodeBecause: string;
  /** ISO instant, or null when neither the bundle's name nor its members say. */
  readonly collectedAt: string | null;
  /** Same order as the members given. */
  readonly files: readonly RecognisedFile[];
}

/** Markers are looked for this deep: archives in archives of folders are seldom deeper. */
const ROOT_DEPTH_MAX = 6;

/**
 * @param members all members of the bundle.
 * @param bundleName base name of the archive or folder: a hint for the collection time and, last, the node.
 * @param layoutOverride id of the layout the engineer chose, or null.
 */
export function recogniseLayout(
  members: readonly MemberHead[],
  bundleName: string,
  layoutOverride: string | null,
): Recognised {
  const found = findLayout(members, layoutOverride);
  const generic = layoutDefinition('generic');
  const files = members.map((member) => recogniseFile(member, found, generic));
  const node = findNode(members, files, bundleName);
  return {
    layout: found.layout.id,
    because: found.because,
    ...node,
    collectedAt: collectionTime(members, bundleName),
    files,
  };
}

interface FoundLayout {
  readonly layout: LayoutDefinition;
  readonly because: string;
  /** Path components above the bundle's root. */
  readonly depth: number;
}

function findLayout(members: readonly MemberHead[], override: string | null): FoundLayout {
  let best: FoundLayout | null = null;
  for (const layout of layoutDefinitions().values()) {
    if (override !== null && layout.id !== override) continue;
    for (const member of members) {
      const parts = member.path.split('/');
      const deepest = Math.min(parts.length - 1, (best?.depth ?? ROOT_DEPTH_MAX) - 1, ROOT_DEPTH_MAX);
      for (let depth = 0; depth <= deepest; depth++) {
        const rest = parts.slice(depth).join('/');
        const marker = layout.markers.find((candidate) => candidate.test(rest));
        if (marker === undefined) continue;
        best = { layout, depth, because: `${member.path} matches its marker ${marker.glob}` };
        break;
      }
    }
  }
  if (override !== null) {
    const layout = layoutDefinition(override);
    return { layout, depth: best?.depth ?? 0, because: 'chosen by the engineer' };
  }
  return best ?? { layout: layoutDefinition('generic'), depth: 0, because: 'no marker of a known layout was found' };
}

function recogniseFile(member: MemberHead, found: FoundLayout, generic: LayoutDefinition): RecognisedFile {
  if (looksBinary(member.head)) return { role: 'other', because: 'not text', format: 'binary' };
  const sniffed = sniffRole(member.head);
  if (sniffed !== null) {
    // Rules without an address of either family, and without the header of the command: then the name tells.
    const six =
      (sniffed.role === 'iptables-list' || sniffed.role === 'iptables-save') &&
      !sniffed.because.startsWith('header') &&
      isAddressFree(member.head) &&
      /ip6tables[^/]*$/i.test(member.path);
    const because = `content: ${sniffed.because}`;
    return six
      ? {
          role: sniffed.role === 'iptables-list' ? 'ip6tables-list' : 'ip6tables-save',
          because: `${because}; family by name`,
          format: 'text',
        }
      : { role: sniffed.role, because, format: 'text' };
  }
  const relative = member.path.split('/').slice(found.depth).join('/');
  const byLayout = found.layout.roles.find((entry) => entry.test(relative));
  if (byLayout !== undefined) {
    return {
      role: byLayout.role as Role,
      because: `path: ${byLayout.glob} of layout ${found.layout.title}`,
      format: 'text',
    };
  }
  const byName = generic.roles.find((entry) => entry.test(member.path));
  if (byName !== undefined) return { role: byName.role as Role, because: `name: ${byName.glob}`, format: 'text' };
  return { role: 'other', because: 'neither content, path nor name is known', format: 'text' };
}

function isAddressFree(head: Uint8Array): boolean {
  return !/\d\.\d+\.\d+\.\d|::/.test(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'));
}

/** `May 01 12:00:00 ip-10-0-1-2.ec2.internal kubelet[123]: ...`; RFC 3164 and journald short format. */
const JOURNAL_HOST = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+) [\w@.-]+(?:\[\d+\])?: /m;
const HOST_ROLES: readonly Role[] = ['kubelet-log', 'container-runtime-log', 'system-log'];

function findNode(
  members: readonly MemberHead[],
  files: readonly RecognisedFile[],
  bundleName: string,
): { readonly node: string | null; readonly nodeBecause: string } {
  for (const role of HOST_ROLES) {
    for (const [index, member] of members.entries()) {
      if (files[index]?.role !== role) continue;
      const host = JOURNAL_HOST.exec(Buffer.from(member.head).toString('latin1'))?.[1];
      if (host !== undefined && host !== 'localhost') {
        return { node: host, nodeBecause: `host name in ${member.path}` };
      }
    }
  }
  for (const member of members) {
    const folder = /(?:^|\/)node_([^/]+)\//.exec(member.path)?.[1];
    if (folder !== undefined) return { node: folder, nodeBecause: `folder node_${folder}` };
  }
  for (const [index, member] of members.entries()) {
    if (files[index]?.role !== 'identity') continue;
    const id = /\bi-[0-9a-f]{8,17}\b/.exec(Buffer.from(member.head).toString('latin1'))?.[0];
    if (id !== undefined) return { node: id, nodeBecause: `instance id in ${member.path}` };
  }
  const named = /(?:^|[^0-9a-z])(i-[0-9a-z]{4,17})(?=[_.-]|$)/.exec(bundleName)?.[1];
  if (named !== undefined) return { node: named, nodeBecause: `instance id in the name ${bundleName}` };
  return { node: null, nodeBecause: 'no file names the node' };
}

/** eks_i-0abc_2024-05-01_1200-UTC_0.7.9.tar.gz */
const EKS_NAME = /_(\d{4})-(\d\d)-(\d\d)_(\d\d)(\d\d)-UTC/;
/** Before this no Kubernetes node existed: such a member time is a placeholder, not a time. */
const FIRST_PLAUSIBLE_TIME = Date.UTC(2014, 0, 1);

/** @returns when the bundle was collected: its name says, else the latest member. */
export function collectionTime(members: readonly MemberHead[], bundleName: string): string | null {
  const named = EKS_NAME.exec(bundleName);
  if (named !== null) {
    const [year, month, day, hour, minute] = named.slice(1).map(Number) as [number, number, number, number, number];
    return new Date(Date.UTC(year, month - 1, day, hour, minute)).toISOString();
  }
  let latest = 0;
  for (const member of members) latest = Math.max(latest, member.modified ?? 0);
  return latest >= FIRST_PLAUSIBLE_TIME ? new Date(latest).toISOString() : null;
}
