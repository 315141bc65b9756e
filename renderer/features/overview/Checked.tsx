import { ChevronRight } from 'lucide-react';
import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { inScope } from '../../model/derive.ts';
import { sentenceCase } from '../../model/format.ts';
import type { Analysis, BundleId, Cause, Finding } from '../../model/types.ts';
import { Bullets } from './Bullets.tsx';

const PASSES_SHOWN = 6;

/** What would change the verdict, beside what was looked for and not found: both in the same size. */
export function Checked({
  analysis,
  causes,
  hidden,
}: {
  readonly analysis: Analysis;
  readonly causes: readonly { readonly cause: Cause; readonly finding: Finding }[];
  readonly hidden: ReadonlySet<BundleId>;
}) {
  const changes = [...new Set(causes.flatMap(({ cause }) => cause.changesIf))];
  const ran = inScope(analysis.coverage.analyzers, hidden);
  const passes = ran.flatMap((one) =>
    one.outcome.outcome === 'pass' ? [{ id: one.id, because: one.outcome.because, bundle: one.bundle }] : [],
  );
  return (
    <section className="section columns">
      <div>
        <h2>What would change this verdict</h2>
        {changes.length === 0 ? (
          <p className="meta">Nothing that Coldcase knows of.</p>
        ) : (
          <ul className="bullets">
            {changes.map((change) => (
              <li key={change}>
                <ChevronRight className="icon" aria-hidden="true" />
                <span>
                  <Prose text={sentenceCase(change)} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div>
        <h2>Checked and passed</h2>
        {passes.length === 0 ? (
          <p className="meta">No check passed: nothing could be ruled out.</p>
        ) : (
          <Bullets
            shown={PASSES_SHOWN}
            items={passes.map((pass) => (
              <li key={`${pass.bundle} ${pass.id}`}>
                <SeverityMark mark="pass" />
                <span>
                  <Prose text={sentenceCase(pass.because)} /> <small className="mono">{pass.id}</small>
                </span>
              </li>
            ))}
          />
        )}
      </div>
    </section>
  );
}
