/** Which layout a bundle has, what each of its files is, and whose node it is. Pure: paths and first bytes in, roles out. */

/** What recognition knows of one member. */
export interface MemberHead {
  readonly path: string;
  /** First bytes (SNIFF_BYTES at most). */
  readonly head: Uint8Array;
  readonly bytes: number;
}

export interface Recognised {
  readonly layout: string;
  readonly because: string;
  readonly node: string | null;
  readonly nodeBecause: string;
  readonly collectedAt: string | null;
  /** Same order as the members given. */
  readonly files: readonly { readonly role: string; readonly because: string; readonly format: string }[];
}

/**
 * @param members all members of the bundle.
 * @param bundleName base name of the archive or folder; a hint for the collection time only.
 * @param layoutOverride id of the layout the engineer chose, or null.
 */
export function recogniseLayout(
  members: readonly MemberHead[],
  _bundleName: string,
  _layoutOverride: string | null,
): Recognised {
  return {
    layout: 'generic',
    because: 'no marker of a known layout was found',
    node: null,
    nodeBecause: '',
    collectedAt: null,
    files: members.map(() => ({ role: 'other', because: 'not recognised', format: 'text' })),
  };
}
