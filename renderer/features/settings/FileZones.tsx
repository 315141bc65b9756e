/** What the times of each node's files rest on, with the reason. */

import { fileInFiles } from '../../components/EvidenceChip.tsx';
import { shiftWords } from '../../model/clocks.ts';
import { counted, sentenceCase } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import { formatRoute } from '../../stores/navigation.ts';
import { useSession } from '../../stores/stores.tsx';
import { clockGroups } from './clock-groups.ts';

const FILES_SHOWN = 30;

export function FileZones() {
  const bundles = useSession((state) => state.openCase?.bundles) ?? [];
  const files = useSession((state) => state.files);
  if (files.state !== 'ready') return <p className="meta">The files are being read.</p>;
  const names = nodeNames(bundles);
  return (
    <ul>
      {bundles.map((bundle) => {
        const groups = clockGroups(files.value.filter((file) => file.bundle === bundle.id));
        return (
          <li key={bundle.id} className="clocks__files">
            <span className="mono clip" title={names.whole.get(bundle.id)}>
              {names.short.get(bundle.id)}
            </span>
            <div>
              {groups.length === 0 ? <p className="meta">No file has a time in its lines.</p> : null}
              {groups.map((group) => (
                <details key={`${group.zone} ${group.shiftMs}`} className="more clocks__group">
                  <summary>
                    {counted(group.files, 'file')}: <b>{group.zone}</b>
                    {group.shiftMs === 0 ? null : (
                      <span className="when__given">, shifted by {shiftWords(group.shiftMs)}</span>
                    )}
                  </summary>
                  {group.reasons.map(({ because, files: paths }) => (
                    <div key={paths[0]} className="clocks__reason">
                      <ul className="clocks__paths">
                        {paths.slice(0, FILES_SHOWN).map((path) => (
                          <li key={path}>
                            <a className="mono" href={formatRoute(fileInFiles({ bundle: bundle.id, file: path }))}>
                              {path}
                            </a>
                          </li>
                        ))}
                        {paths.length > FILES_SHOWN ? (
                          <li className="meta">and {counted(paths.length - FILES_SHOWN, 'more file')}</li>
                        ) : null}
                      </ul>
                      <ul className="clocks__because">
                        {because.map((sentence) => (
                          <li key={sentence}>{sentenceCase(sentence)}</li>
                        ))}
                      </ul>
                    </div>
                  ))}
                </details>
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
