import { Prose } from '../../components/Prose.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote } from '../../components/States.tsx';
import { When } from '../../components/When.tsx';
import { inScope, type Mark } from '../../model/derive.ts';
import { count, counted } from '../../model/format.ts';
import type { Analysis } from '../../model/types.ts';
import { useSession } from '../../stores/stores.tsx';

/** The verdict in one sentence, how sure it is and why, and what a user notices. */
export function VerdictBlock({ analysis }: { readonly analysis: Analysis }) {
  const openCase = useSession((state) => state.openCase);
  const hidden = useSession((state) => state.hidden);
  const { sentence, cause, confidence } = analysis.verdict;
  const finding = analysis.findings.find((one) => one.id === cause);
  // No cause and no certainty is "not known", never "pass".
  const mark: Mark =
    finding?.severity ?? (analysis.findings.length === 0 && confidence.level === 'certain' ? 'pass' : 'unknown');
  const explained = analysis.causes.find((one) => one.finding === cause)?.explains.length ?? 0;
  // A heading holds one sentence; what follows it is said in the size of the text.
  const [headline = sentence, more = ''] = sentence.split(/(?<=\.) (.*)/s);
  return (
    <section className={`verdict verdict--${mark}`} aria-label="Verdict">
      <SeverityMark mark={mark} />
      <div>
        <h1>
          <Prose text={headline} />
        </h1>
        {more === '' ? null : (
          <p>
            <Prose text={more} />
          </p>
        )}
        {finding === undefined ? null : (
          <p>
            <Prose text={finding.userNotices} />
          </p>
        )}
        {hidden.size === 0 ? null : (
          <p className="meta">
            The verdict is about every node of the case
            {finding !== undefined && inScope([finding], hidden).length === 0
              ? '; the node that it names is out of scope'
              : ''}
            .
          </p>
        )}
        <div className="verdict__facts">
          <span>
            <span className="chip chip--sure" title="Confidence">
              {confidence.level}
            </span>{' '}
            <Prose text={confidence.because} />
          </span>
        </div>
        <div className="verdict__facts">
          {finding === undefined ? null : (
            <>
              <span>
                owner <b>{finding.owner}</b>
              </span>
              {explained === 0 ? null : (
                <span>
                  explains <b>{counted(explained, 'other finding')}</b>
                </span>
              )}
              {finding.first === null ? null : (
                <span>
                  first{' '}
                  <b>
                    <When iso={finding.first} length="full" of={finding.evidence[0]} />
                  </b>
                </span>
              )}
            </>
          )}
          <span>
            <b>{count(analysis.findings.length)}</b> {analysis.findings.length === 1 ? 'finding' : 'findings'} in all
          </span>
          {analysis.baseline === undefined ? null : (
            <span>
              <b>{count(analysis.baseline.findings)}</b> also on healthy nodes
            </span>
          )}
        </div>
        {openCase?.unreadable.map((failure) => (
          <FailureNote key={`${failure.where} ${failure.message}`} failure={failure} />
        ))}
      </div>
    </section>
  );
}
