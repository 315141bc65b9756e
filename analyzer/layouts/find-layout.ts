/**
 * Which layout a bundle has. Markers are tested at every depth, so that a bundle in folders of folders is found as
 * well: the marker closest to the root wins.
 */
import type { ContentSigns } from './content-signs.ts';
import { type LayoutDefinition, type LayoutMarker, layoutDefinition, layoutDefinitions } from './definitions.ts';

export interface MarkedMember {
  readonly path: string;
  readonly head: Uint8Array;
  readonly bytes: number;
}

export interface FoundLayout {
  readonly layout: LayoutDefinition;
  /** A clause: "system/instance-id.txt matches its marker system/instance-id*". */
  readonly because: string;
  /** Path components above the bundle's root. */
  readonly depth: number;
}

/** Markers are looked for this deep: archives in archives of folders are seldom deeper. */
const ROOT_DEPTH_MAX = 6;
/** A path in a sentence. */
const SHOWN_PATH_CHARS = 120;

interface IndexedMarker {
  readonly layout: LayoutDefinition;
  readonly marker: LayoutMarker;
}

/** The markers of one layout that are closest to the root, each with what matched it first. */
interface Candidate {
  readonly layout: LayoutDefinition;
  readonly depth: number;
  readonly markers: Map<LayoutMarker, Match>;
}

interface Match {
  readonly path: string;
  /** What its first bytes say; empty when its path was enough. */
  readonly said: string;
}

interface MarkerIndex {
  /** By the first name of what they match. */
  readonly named: ReadonlyMap<string, readonly IndexedMarker[]>;
  /** Those whose first name is not known whole, by what it can begin with. */
  readonly open: ReadonlyMap<string, readonly IndexedMarker[]>;
  /** Those whose first name can be any. */
  readonly any: readonly IndexedMarker[];
}

/**
 * @param override id of the layout the engineer chose, or null.
 * @param signs what the content of the same members tells.
 */
export function findLayout(
  members: readonly MarkedMember[],
  signs: readonly ContentSigns[],
  override: string | null,
): FoundLayout {
  const wanted = [...layoutDefinitions().values()].filter((layout) => override === null || layout.id === override);
  const best = closest([...candidates(members, markerIndex(wanted)).values()]);
  if (override !== null) {
    const depth = best?.depth ?? sharedFolders(members);
    return { layout: layoutDefinition(override), depth, because: 'chosen by the engineer' };
  }
  if (best !== null) return best;
  const objects = wanted.find((layout) => layout.holds === 'objects');
  const count = objects === undefined ? 0 : objectFiles(members, signs);
  if (objects !== undefined && count > 0) {
    const because =
      count === 1 ? 'its only file holds Kubernetes objects' : `all ${count} files hold Kubernetes objects`;
    return { layout: objects, depth: 0, because };
  }
  return { layout: layoutDefinition('generic'), depth: 0, because: 'no marker of a known layout was found' };
}

function markerIndex(layouts: readonly LayoutDefinition[]): MarkerIndex {
  const named = new Map<string, IndexedMarker[]>();
  const open = new Map<string, IndexedMarker[]>();
  const any: IndexedMarker[] = [];
  for (const layout of layouts) {
    for (const marker of layout.markers) {
      const { firstNames, firstStarts } = marker.glob;
      const [index, keys] = firstNames === null ? [open, firstStarts] : [named, firstNames];
      if (keys === null) any.push({ layout, marker });
      for (const key of keys ?? []) index.set(key, [...(index.get(key) ?? []), { layout, marker }]);
    }
  }
  return { named, open, any };
}

const NONE: readonly IndexedMarker[] = [];

function candidates(members: readonly MarkedMember[], index: MarkerIndex): ReadonlyMap<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const member of members) {
    const names = member.path.split('/');
    const deepest = Math.min(names.length - 1, ROOT_DEPTH_MAX);
    for (let depth = 0; depth <= deepest; depth++) {
      const name = names[depth] as string;
      for (const entry of index.named.get(name) ?? NONE) consider(found, entry, member, names, depth);
      for (const entry of index.open.get(name.charAt(0)) ?? NONE) consider(found, entry, member, names, depth);
      for (const entry of index.any) consider(found, entry, member, names, depth);
    }
  }
  return found;
}

function consider(
  found: Map<string, Candidate>,
  { layout, marker }: IndexedMarker,
  member: MarkedMember,
  names: readonly string[],
  depth: number,
): void {
  const known = found.get(layout.id);
  if (known !== undefined && (depth > known.depth || (depth === known.depth && known.markers.has(marker)))) return;
  const said = marker.glob.test(names, depth) ? saidBy(member, marker.says) : null;
  if (said === null) return;
  const match = { path: member.path, said };
  if (known !== undefined && known.depth === depth) known.markers.set(marker, match);
  else found.set(layout.id, { layout, depth, markers: new Map([[marker, match]]) });
}

/** @returns null when it should say something, and does not. */
function saidBy({ head }: MarkedMember, says: RegExp | null): string | null {
  if (says === null) return '';
  return says.exec(Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1'))?.[0].trim() ?? null;
}

/** The layout's first marker says most, whatever the order of the members. */
function because({ layout, markers }: Candidate): string {
  const marker = layout.markers.find((each) => markers.has(each)) as LayoutMarker;
  const { path, said } = markers.get(marker) as Match;
  const shown = path.length <= SHOWN_PATH_CHARS ? path : `${path.slice(0, 20)}...${path.slice(20 - SHOWN_PATH_CHARS)}`;
  return said === '' ? `${shown} matches its marker ${marker.glob.text}` : `${shown} says "${said}"`;
}

/** At one depth: a layout that refines another before it, then the one of which most markers are there. */
function closest(found: readonly Candidate[]): FoundLayout | null {
  const [best] = found.toSorted(
    (one, two) =>
      one.depth - two.depth ||
      Number(two.layout.refines === one.layout.id) - Number(one.layout.refines === two.layout.id) ||
      two.markers.size - one.markers.size ||
      (one.layout.id < two.layout.id ? -1 : 1),
  );
  return best === undefined ? null : { layout: best.layout, because: because(best), depth: best.depth };
}

/** Folders that all members lie in: the root of an archive without markers. */
function sharedFolders(members: readonly MarkedMember[]): number {
  const [first, ...others] = members.map((member) => member.path.split('/'));
  let depth = 0;
  while (depth < ROOT_DEPTH_MAX && first !== undefined && depth < first.length - 1) {
    const name = first[depth];
    if (others.some((names) => names.length - 1 <= depth || names[depth] !== name)) break;
    depth += 1;
  }
  return depth;
}

/** @returns how many files hold Kubernetes objects; 0 when one holds something else, or none a Service, Pod or Node. */
function objectFiles(members: readonly MarkedMember[], signs: readonly ContentSigns[]): number {
  let count = 0;
  let read = false;
  for (const [index, member] of members.entries()) {
    if (member.bytes === 0) continue;
    const { sniffed, objects } = signs[index] as ContentSigns;
    if (!objects) return 0;
    read ||= sniffed !== null;
    count += 1;
  }
  return read ? count : 0;
}
