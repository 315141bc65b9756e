/** Which layout a bundle has, what each of its files is, and whose node it is. Pure: paths and first bytes in, roles out. */
import { oneOfEquals } from '../core/one-of-equals.ts';
import { formatOf } from '../formats/format-of.ts';
import type { Intake } from '../formats/intake.ts';
import { findCollected } from './collection-time.ts';
import { type ContentSigns, contentSigns } from './content-signs.ts';
import { type LayoutDefinition, layoutDefinition, layoutDefinitions, type RoleEntry } from './definitions.ts';
import { type FoundLayout, findLayout } from './find-layout.ts';
import { findNode } from './node-name.ts';
import type { Role } from './roles.ts';
import type { Sniffed } from './sniff.ts';

/** What recognition knows of one member. */
export interface MemberHead {
  readonly path: string;
  /** First bytes of its text (of the file, when it is binary), SNIFF_BYTES at most. */
  readonly head: Uint8Array;
  /** What its first bytes are; by `head` when it is not given. */
  readonly kind?: Intake['kind'];
  /** What a longer head told; by `head` and `kind` when it is not given. */
  readonly signs?: ContentSigns | null;
  readonly bytes: number;
  /** Milliseconds since 1970 from the archive, when it says. */
  readonly modified?: number | null;
}

export interface RecognisedFile {
  readonly role: Role;
  readonly because: string;
  /** Id of a log format of analyzer/formats; `text` for all other text, command outputs among it; `binary`. */
  readonly format: string;
}

export interface Recognised {
  readonly layout: string;
  readonly because: string;
  readonly node: string | null;
  readonly nodeBecause: string;
  /** ISO instant, or null when neither the bundle's name nor its members say. */
  readonly collectedAt: string | null;
  readonly collectedBecause: string;
  /** Same order as the members given. */
  readonly files: readonly RecognisedFile[];
}

/**
 * @param members all members of the bundle; those in nested archives as `path/inner.tar.gz/member`.
 * @param bundleName base name of the archive or folder: a hint for the collection time and, last, the node.
 * @param layoutOverride id of the layout the engineer chose, or null.
 */
export function recogniseLayout(
  members: readonly MemberHead[],
  bundleName: string,
  layoutOverride: string | null,
): Recognised {
  const signs = members.map((member) => member.signs ?? contentSigns(member.head, member.kind));
  const found = findLayout(members, signs, layoutOverride);
  const roleOf = roleTable(found, members);
  const known = new Map<string, RecognisedFile>();
  const files = members.map((member, index) => {
    const file = recogniseFile(member.path, signs[index] as ContentSigns, found, roleOf);
    // Of 30,000 files most are what their neighbours are, for the same reason.
    return oneOfEquals(known, `${file.role} ${file.format} ${file.because}`, file);
  });
  const collected = findCollected(members, bundleName, found);
  return {
    layout: found.layout.id,
    because: found.because,
    ...findNode(members, files, bundleName, found),
    collectedAt: collected?.at ?? null,
    collectedBecause: collected?.because ?? 'neither its name nor its files say when it was collected',
    files,
  };
}

/** Reads layouts and formats, which the first `recogniseLayout` of a thread does otherwise. Throws what is wrong with them. */
export function prepareRecognition(): void {
  layoutDefinitions();
  formatOf(Buffer.from('\n'));
}

/** @returns when the bundle was collected, as far as its name and the times of its members tell: known before anything is read. */
export function collectionTime(members: readonly MemberHead[], bundleName: string): string | null {
  return findCollected(members, bundleName, null)?.at ?? null;
}

function recogniseFile(
  path: string,
  { sniffed, format, addressFree }: ContentSigns,
  found: FoundLayout,
  roleOf: RoleTable,
): RecognisedFile {
  if (sniffed === 'binary') return { role: 'other', because: 'not text', format };
  const names = path.split('/');
  const placed = roleOf.first(names) ?? (sniffed === null ? roleOf.any(names) : undefined);
  if (placed !== undefined) {
    const because = `path: ${placed.glob.text} of layout ${found.layout.title}`;
    return { role: placed.role, because, format };
  }
  if (sniffed !== null) return { ...withFamily(sniffed, addressFree && /ip6tables[^/]*$/i.test(path)), format };
  const named = roleOf.generic(names);
  if (named !== undefined) return { role: named.role, because: `name: ${named.glob.text}`, format };
  return { role: 'other', because: 'neither content, path nor name is known', format };
}

function withFamily(sniffed: Sniffed, six: boolean): { readonly role: Role; readonly because: string } {
  const because = `content: ${sniffed.because}`;
  if (!six) return { role: sniffed.role, because };
  const role = sniffed.role === 'iptables-list' ? 'ip6tables-list' : 'ip6tables-save';
  return { role, because: `${because}; family by name` };
}

type RoleLookup = (names: readonly string[]) => RoleEntry | undefined;

interface RoleTable {
  /** Entries of the layout that come before content. */
  readonly first: RoleLookup;
  readonly any: RoleLookup;
  /** Base names, whatever the layout. */
  readonly generic: RoleLookup;
}

function roleTable(found: FoundLayout, members: readonly MemberHead[]): RoleTable {
  const { layout, depth } = found;
  const asked = layout.roles.filter(({ unless }) => unless !== null);
  const idle = new Set<RoleEntry>();
  for (const member of asked.length === 0 ? [] : members) {
    const names = member.path.split('/');
    for (const entry of asked) if (entry.unless?.test(names, depth) === true) idle.add(entry);
  }
  const used = layout.roles.filter((entry) => !idle.has(entry));
  return {
    first: lookup(
      used.filter((entry) => entry.first === 'path'),
      depth,
    ),
    any: lookup(used, depth),
    generic: genericLookup(layoutDefinition('generic')),
  };
}

let genericRoles: RoleLookup | null = null;
function genericLookup(generic: LayoutDefinition): RoleLookup {
  genericRoles ??= lookup(generic.roles, 0);
  return genericRoles;
}

/** Only the entries that can match a path with this first and this last name are tested, in their order. */
function lookup(entries: readonly RoleEntry[], depth: number): RoleLookup {
  const firsts = new Set(entries.flatMap((entry) => entry.glob.firstNames ?? []));
  const open = byLastName(entries.filter((entry) => entry.glob.firstNames === null));
  const named = new Map(
    [...firsts].map((name) => [
      name,
      byLastName(entries.filter(({ glob }) => glob.firstNames === null || glob.firstNames.includes(name))),
    ]),
  );
  return (names) => {
    const candidates = named.get(names[depth] ?? '') ?? open;
    return candidates(names.at(-1) ?? '').find((entry) => entry.glob.test(names, depth));
  };
}

/** @returns the entries that can match a path with this last name, by its first character. */
function byLastName(entries: readonly RoleEntry[]): (lastName: string) => readonly RoleEntry[] {
  const starts = new Set(entries.flatMap(({ glob }) => glob.lastStarts ?? []));
  const any = entries.filter(({ glob }) => glob.lastStarts === null);
  const byStart = new Map(
    [...starts].map((start) => [
      start,
      entries.filter(({ glob }) => glob.lastStarts === null || glob.lastStarts.includes(start)),
    ]),
  );
  return (lastName) => byStart.get(lastName.charAt(0)) ?? any;
}
