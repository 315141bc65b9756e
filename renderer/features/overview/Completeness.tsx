import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { inScope, type Mark } from '../../model/derive.ts';
import { baseName, sentenceCase } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Analysis, Bundle, BundleId, CompletenessEntry } from '../../model/types.ts';

const STATE: Readonly<Record<CompletenessEntry['state'], { readonly mark: Mark; readonly says: string }>> = {
  present: { mark: 'pass', says: 'present' },
  empty: { mark: 'medium', says: 'empty' },
  'not-collected': { mark: 'unknown', says: 'not collected' },
  'not-installed': { mark: 'skipped', says: 'not installed' },
  'timed-out': { mark: 'medium', says: 'timed out' },
  truncated: { mark: 'medium', says: 'truncated' },
};

/** What the layout should hold and does not, and what that keeps us from knowing. */
export function Completeness({
  analysis,
  hidden,
  bundles,
}: {
  readonly analysis: Analysis;
  readonly hidden: ReadonlySet<BundleId>;
  readonly bundles: readonly Bundle[];
}) {
  const entries = inScope(analysis.completeness, hidden);
  const missing = entries.filter((entry) => entry.state !== 'present');
  const names = nodeNames(bundles).whole;
  return (
    <Section
      title="Completeness"
      says={
        entries.length === 0
          ? 'not known: the layout has no list of expected files'
          : `${entries.length - missing.length} of ${entries.length} expected files are present`
      }
    >
      {missing.length === 0 ? (
        entries.length === 0 ? null : (
          <p className="meta">Nothing that was expected is missing.</p>
        )
      ) : (
        <table className="table table--flush">
          <colgroup>
            <col className="complete__file" />
            <col className="complete__state" />
            {bundles.length > 1 ? <col className="complete__node" /> : null}
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">Expected</th>
              <th scope="col">State</th>
              {bundles.length > 1 ? <th scope="col">Node</th> : null}
              <th scope="col">What that prevents</th>
            </tr>
          </thead>
          <tbody>
            {missing.map((entry) => (
              <tr key={`${entry.bundle} ${entry.expected}`}>
                <td className="mono wrap" title={entry.file ?? entry.expected}>
                  {entry.expected}
                  {entry.file !== null && entry.file !== entry.expected ? (
                    <span className="meta"> {baseName(entry.file)}</span>
                  ) : null}
                </td>
                <td>
                  <span className="severity">
                    <SeverityMark mark={STATE[entry.state].mark} label={null} />
                    {STATE[entry.state].says}
                  </span>
                </td>
                {bundles.length > 1 ? <td className="mono wrap">{names.get(entry.bundle)}</td> : null}
                <td className="wrap">{sentenceCase(entry.prevents)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}
