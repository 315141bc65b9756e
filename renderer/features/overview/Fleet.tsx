import { SeverityMark } from '../../components/SeverityMark.tsx';
import { When } from '../../components/When.tsx';
import { countBySeverity, nodeMark } from '../../model/derive.ts';
import { nodeLabel } from '../../model/evidence.ts';
import { count } from '../../model/format.ts';
import type { Analysis, Bundle } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';

/** Every node in one table: what differs is seen at once. */
export function Fleet({ bundles, analysis }: { readonly bundles: readonly Bundle[]; readonly analysis: Analysis }) {
  return (
    <section className="section" aria-label="Nodes">
      <div className="section__head">
        <h2>Nodes</h2>
        <span className="meta">{bundles.length} in scope</span>
      </div>
      <table className="table table--flush fleet">
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Findings</th>
            <th scope="col">kube-proxy</th>
            <th scope="col">Collected, UTC</th>
            <th scope="col" className="num">
              Lines
            </th>
            <th scope="col" className="num">
              Gaps
            </th>
            <th scope="col" className="num">
              Complete
            </th>
          </tr>
        </thead>
        <tbody>
          {bundles.map((bundle) => {
            const node = analysis.nodes.find((one) => one.bundle === bundle.id);
            const counts = countBySeverity(analysis.findings.filter((finding) => finding.bundle === bundle.id));
            const expected = analysis.completeness.filter((entry) => entry.bundle === bundle.id);
            const present = expected.filter((entry) => entry.state === 'present').length;
            return (
              <tr key={bundle.id}>
                <td className="mono" title={nodeLabel(bundle)}>
                  <SeverityMark mark={nodeMark(bundle, { state: 'ready', value: analysis }).mark} /> {nodeLabel(bundle)}
                  {bundle.markedHealthy ? <span className="meta"> healthy</span> : null}
                </td>
                <td>
                  {SEVERITY_ORDER.filter((severity) => (counts.get(severity) ?? 0) > 0).map((severity) => (
                    <span key={severity} className="severity-count" title={`${counts.get(severity)} ${severity}`}>
                      <SeverityMark mark={severity} label={severity} />
                      {counts.get(severity)}
                    </span>
                  ))}
                  {[...counts.values()].every((amount) => amount === 0) ? <span className="meta">none</span> : null}
                </td>
                <td title={node?.modeBecause}>{node?.mode ?? 'not known'}</td>
                <td>
                  {bundle.collectedAt === null ? (
                    <span className="meta">not known</span>
                  ) : (
                    <When iso={bundle.collectedAt} />
                  )}
                </td>
                <td className="num">{count(bundle.lines)}</td>
                <td className="num">{count(bundle.gaps.length + bundle.gapsNotListed)}</td>
                <td className="num">{expected.length === 0 ? 'not known' : `${present} of ${expected.length}`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
