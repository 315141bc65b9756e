/** The source file that a command is about, by its path or the end of it. */
import { didYouMean } from '../../core/nearest.ts';
import type { SourceFile } from '../../core/vocabulary.ts';
import { bundlesOf, label } from './nodes.ts';
import { type OpenCase, wrongUsage } from './session.ts';

const FILE_EXAMPLES_MAX = 8;

/** @returns the one file that is meant; ends the command with names when there is none, or more than one. */
export async function sourceFileOf(open: OpenCase, wanted: string, node: string | undefined): Promise<SourceFile> {
  const bundles = new Map(bundlesOf(open.summary, node).map((bundle) => [bundle.id as string, bundle]));
  const files = (await open.session.call('file.list', { caseId: open.caseId })).filter((one) =>
    bundles.has(one.bundle),
  );
  const exact = files.filter((one) => one.path === wanted);
  const found = exact.length > 0 ? exact : files.filter((one) => one.path.endsWith(`/${wanted}`));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (first === undefined) {
    return wrongUsage(
      'No source file has this path.',
      wanted,
      didYouMean(
        wanted,
        files.map((one) => one.path),
      ) ?? 'List them with `coldcase files`.',
    );
  }
  const names = found.slice(0, FILE_EXAMPLES_MAX).map((one) => {
    const bundle = bundles.get(one.bundle);
    return bundle === undefined ? one.path : `${one.path} of ${label(bundle, open.summary.bundles)}`;
  });
  return wrongUsage('Several source files could be meant: give the whole path, or --node.', wanted, names.join('; '));
}
