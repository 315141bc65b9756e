import { EvidenceChip } from '../../components/EvidenceChip.tsx';
import { Prose } from '../../components/Prose.tsx';
import { nodeNames } from '../../model/node-names.ts';
import type { Bundle, NodeFacts } from '../../model/types.ts';

/** Facts of each node with where they were read. */
export function NodeFactsSection({
  nodes,
  bundles,
}: {
  readonly nodes: readonly NodeFacts[];
  readonly bundles: readonly Bundle[];
}) {
  const names = nodeNames(bundles).whole;
  return (
    <section className="section" aria-label="Node facts">
      <h2>Node facts</h2>
      {nodes.map((node) => (
        <div key={node.bundle} className="facts">
          <h3 className="mono">{names.get(node.bundle) ?? 'Node not known'}</h3>
          <table className="table table--flush">
            <colgroup>
              <col className="facts__name" />
              <col className="facts__value" />
              <col />
              <col className="facts__chips" />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Fact</th>
                <th scope="col">Value</th>
                <th scope="col">Because</th>
                <th scope="col">Evidence</th>
              </tr>
            </thead>
            <tbody>
              {node.facts.some((fact) => fact.name === 'kube-proxy mode') ? null : (
                <tr>
                  <td>kube-proxy mode</td>
                  <td className="mono">{node.mode === 'unknown' ? 'not known' : node.mode}</td>
                  <td className="wrap" colSpan={2}>
                    <Prose text={node.modeBecause} />
                  </td>
                </tr>
              )}
              {node.facts.map((fact) => (
                <tr key={`${fact.name} ${fact.value}`}>
                  <td title={fact.name}>{fact.name}</td>
                  <td className="mono wrap">{fact.value === '' ? 'not known' : fact.value}</td>
                  <td className="wrap">
                    <Prose text={fact.because} />
                  </td>
                  <td>
                    <span className="chips">
                      {fact.evidence.slice(0, 2).map((evidence) => (
                        <EvidenceChip key={`${evidence.file} ${evidence.line}`} evidence={evidence} />
                      ))}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </section>
  );
}
