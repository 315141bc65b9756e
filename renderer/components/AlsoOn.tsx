import { hostNames } from '../model/format.ts';
import type { Finding } from '../model/types.ts';

/** A finding that a node marked healthy has as well: known noise, perhaps; nothing where none has. */
export function AlsoOn({
  finding,
  prefix = '',
}: {
  readonly finding: Pick<Finding, 'alsoOn'>;
  /** What the names of nodes are told without, where there is little room. */
  readonly prefix?: string;
}) {
  const { alsoOn = [] } = finding;
  const [first] = hostNames(alsoOn.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)));
  if (first === undefined) return null;
  return (
    <span className="chip also-on" title={`Healthy nodes on which the same rule found something: ${alsoOn.join(', ')}`}>
      also on <span className="mono clip">{first}</span>
      {alsoOn.length > 1 ? ` and ${alsoOn.length - 1} more` : ''}
    </span>
  );
}
