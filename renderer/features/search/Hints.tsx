import { QueryText } from '../../components/QueryText.tsx';
import { Empty } from '../../components/States.tsx';
import { useStores } from '../../stores/stores.tsx';

const EXAMPLES = [
  ['iptables-restore failed', 'both words in one line, in any order; capitals do not matter'],
  ['"exit status 4" OR "lock held"', 'either of these texts'],
  ['=lock -kubelet', 'the whole word lock, in lines without kubelet'],
  ['/dial tcp .* timeout/i', 'a pattern, in any case'],
  ['sev:>=warning file:kube-proxy', 'warnings and errors of files named so'],
  ['near:5m@2025-10-14T10:07 refused', 'within five minutes of that instant'],
  ['has:finding', 'lines that are evidence of a finding'],
] as const;

/** What can be asked, before anything was. */
export function Hints() {
  const { search } = useStores();
  return (
    <div className="centre">
      <Empty title="Search every line of the case">
        <ul className="examples">
          {EXAMPLES.map(([query, says]) => (
            <li key={query}>
              <button
                type="button"
                className="link mono"
                onClick={() => {
                  search.setState({ draft: query });
                  search.getState().run('entered');
                }}
              >
                <QueryText text={query} />
              </button>
              <span>{says}</span>
            </li>
          ))}
        </ul>
      </Empty>
    </div>
  );
}
