/** What a route of Compare says: which bundles, which of them are affected, and the texts that are shown. Pure. */
import type { BundleId } from '../model/types.ts';
import type { Route } from './navigation.ts';

/** A captured text of one bundle. */
export interface TextSide {
  readonly bundle: BundleId;
  readonly file: string;
}

export interface ComparePlace {
  /** Empty: the nodes in scope. */
  readonly bundles: readonly BundleId[];
  readonly affected: readonly BundleId[];
  readonly tab: 'meaning' | 'text';
  /** The two texts that are compared; null: the first that differ. */
  readonly pair: { readonly left: TextSide; readonly right: TextSide } | null;
}

/** Between ids of bundles, which are hexadecimal. */
const SEPARATOR = ' ';

const listOf = (text: string | undefined): readonly BundleId[] =>
  (text ?? '').split(SEPARATOR).filter((part) => part !== '') as BundleId[];

const sideOf = (bundle: string | undefined, file: string | undefined): TextSide | null =>
  bundle === undefined || file === undefined ? null : { bundle: bundle as BundleId, file };

/** @returns the place of a route's parameters. */
export function comparePlace(params: Route['params']): ComparePlace {
  const left = sideOf(params.left, params.leftFile);
  const right = sideOf(params.right, params.rightFile);
  return {
    bundles: listOf(params.nodes),
    affected: listOf(params.affected),
    tab: params.tab === 'text' ? 'text' : 'meaning',
    pair: left === null || right === null ? null : { left, right },
  };
}

/** @returns the route that comparePlace reads back; its tab is always told, so that no place is an empty one. */
export function compareRoute({ bundles, affected, tab, pair }: ComparePlace): Route {
  return {
    screen: 'compare',
    params: {
      tab,
      ...(bundles.length === 0 ? {} : { nodes: bundles.join(SEPARATOR) }),
      ...(affected.length === 0 ? {} : { affected: affected.join(SEPARATOR) }),
      ...(pair === null
        ? {}
        : {
            left: pair.left.bundle,
            leftFile: pair.left.file,
            right: pair.right.bundle,
            rightFile: pair.right.file,
          }),
    },
  };
}
