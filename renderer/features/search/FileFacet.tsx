import { inScope } from '../../model/derive.ts';
import { nodeLabel } from '../../model/evidence.ts';
import { baseName, count, hostNames, sharedPrefix } from '../../model/format.ts';
import type { BundleId, SearchAnswer } from '../../model/types.ts';
import { useSession, useStores } from '../../stores/stores.tsx';
import { fileKey } from './Results.tsx';

/** Files that hold matches, with exact counts; one can be chosen to see only its matches. */
export function FileFacet({
  answer,
  hidden,
  chosen,
}: {
  readonly answer: SearchAnswer;
  readonly hidden: ReadonlySet<BundleId>;
  readonly chosen: string | null;
}) {
  const { screens } = useStores();
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const short = sharedPrefix(hostNames(bundles.map(nodeLabel))).rest;
  const nodes = new Map(bundles.map((bundle, index) => [bundle.id, short[index]]));
  const files = [...inScope(answer.facets.file, hidden)].sort((a, b) => b.count - a.count);
  const choose = (file: string | null) =>
    screens.getState().change('search', { file, show: 'all', selected: 0, scroll: 0 });
  return (
    <section className="facets" aria-label="By file">
      <h2>Source file</h2>
      <ul>
        <li>
          <button type="button" className="facet" aria-pressed={chosen === null} onClick={() => choose(null)}>
            <span className="clip">All files</span>
            <span className="num">{count(files.reduce((sum, file) => sum + file.count, 0))}</span>
          </button>
        </li>
        {files.map((file) => (
          <li key={fileKey(file)}>
            <button
              type="button"
              className="facet"
              aria-pressed={chosen === fileKey(file)}
              title={`${file.node === null ? '' : `${file.node} `}${file.file}`}
              onClick={() => choose(fileKey(file))}
            >
              <span className="clip mono">
                {baseName(file.file)}
                {bundles.length > 1 ? <span className="facet__node"> {nodes.get(file.bundle)}</span> : null}
              </span>
              <span className="num">{count(file.count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
