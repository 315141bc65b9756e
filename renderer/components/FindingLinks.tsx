import type { Finding } from '../model/types.ts';
import { useStores } from '../stores/stores.tsx';
import { SeverityMark } from './SeverityMark.tsx';

/** Findings as links to themselves on the Findings screen. */
export function FindingLinks({ findings }: { readonly findings: readonly Finding[] }) {
  const { screens, navigation } = useStores();
  return (
    <ul className="bullets">
      {findings.map((finding) => (
        <li key={finding.id}>
          <SeverityMark mark={finding.severity} />
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
        </li>
      ))}
    </ul>
  );
}
