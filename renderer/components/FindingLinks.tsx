import type { Finding } from '../model/types.ts';
import { useStores } from '../stores/stores.tsx';
import { Prose } from './Prose.tsx';
import { SeverityMark } from './SeverityMark.tsx';
import { useNodeNames } from './use-node-names.ts';

/** Findings as links to themselves on the Findings screen; those of one title with their node. */
export function FindingLinks({
  findings,
  says = () => [],
}: {
  readonly findings: readonly Finding[];
  /** What stands below a link, a line each. */
  readonly says?: (finding: Finding) => readonly string[];
}) {
  const { screens, navigation } = useStores();
  const { short } = useNodeNames();
  return (
    <ul className="bullets">
      {findings.map((finding) => (
        <li key={finding.id}>
          <SeverityMark mark={finding.severity} />
          <span>
            <button
              type="button"
              className="link"
              onClick={() => {
                screens.getState().change('findings', { selected: finding.id });
                navigation.getState().go({ screen: 'findings', params: {} });
              }}
            >
              {finding.title}
            </button>
            {findings.some((other) => other !== finding && other.title === finding.title) ? (
              <small className="mono">{short.get(finding.bundle)}</small>
            ) : null}
            {says(finding).map((text) => (
              <small key={text}>
                <Prose text={text} />
              </small>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
