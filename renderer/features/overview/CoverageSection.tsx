import { gapByte, gapSentence } from '../../../analyzer/core/gap-sentence.ts';
import { notRunGroups, unusedRules } from '../../../analyzer/core/not-run.ts';
import { Section } from '../../components/Section.tsx';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { count, counted, size } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Analysis, Bundle } from '../../model/types.ts';
import { Bullets } from './Bullets.tsx';

/** Entries shown before the rest is folded. */
const LISTED = 8;

/** What was read and what was not: counted, then listed. */
export function CoverageSection({
  analysis,
  bundles,
}: {
  readonly analysis: Analysis;
  readonly bundles: readonly Bundle[];
}) {
  const { coverage } = analysis;
  const parts = [
    { name: 'read', amount: coverage.filesRead },
    { name: 'empty', amount: coverage.filesEmpty },
    { name: 'truncated', amount: coverage.filesTruncated },
    { name: 'binary', amount: coverage.filesBinary },
    { name: 'not opened', amount: coverage.filesNotOpened },
  ] as const;
  const shown = new Set(bundles.map((bundle) => bundle.id));
  const names = nodeNames(bundles).whole;
  const nameOf = (id: Bundle['id']): string => names.get(id) ?? '';
  const notRun = notRunGroups(coverage.analyzers.filter(({ bundle }) => shown.has(bundle)));
  const unused = unusedRules(coverage.analyzers);
  const gaps = bundles.flatMap((bundle) => bundle.gaps.map((gap) => ({ gap, bundle })));
  const notListed = bundles.reduce((sum, bundle) => sum + bundle.gapsNotListed, 0);
  return (
    <Section
      title="Coverage and gaps"
      says={
        <>
          {counted(coverage.files, 'file')}, {counted(coverage.lines, 'line')}, {size(coverage.bytes)}
          {coverage.duplicates > 0 ? `, ${counted(coverage.duplicates, 'file')} with the same bytes as another` : ''}
        </>
      }
    >
      <div className="meter" aria-hidden="true">
        {parts.map((part) => (
          <i key={part.name} className={`meter__${part.name.replace(' ', '-')}`} style={{ flexGrow: part.amount }} />
        ))}
      </div>
      <p className="meter__legend">
        {parts.map((part) => (
          <span key={part.name}>
            <i className={`meter__${part.name.replace(' ', '-')}`} aria-hidden="true" />
            <b>{count(part.amount)}</b> {part.name}
          </span>
        ))}
      </p>
      <div className="columns">
        <div>
          <h3>Gaps</h3>
          {gaps.length === 0 ? (
            <p className="meta">No gap: everything in the archive was read.</p>
          ) : (
            <Bullets
              shown={LISTED}
              items={gaps.map(({ gap, bundle }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: gaps have no identity and their order is fixed
                <li key={index}>
                  <SeverityMark mark={gap.weight === 'major' ? 'high' : 'low'} label={gap.weight} />
                  <span>
                    {gapSentence(gap)}
                    <small className="mono">
                      {bundles.length > 1 ? `${nameOf(bundle.id)} ` : ''}
                      {gap.file ?? ''}
                      {gapByte(gap) === null ? '' : ` ${gapByte(gap)}`}
                    </small>
                  </span>
                </li>
              ))}
            />
          )}
          {notListed > 0 ? <p className="meta">{counted(notListed, 'more gap')}, counted and not listed</p> : null}
        </div>
        <div>
          <h3>Not looked at</h3>
          {notRun.length + unused.length === 0 ? (
            <p className="meta">Every analyzer had what it needs.</p>
          ) : (
            <Bullets
              shown={LISTED}
              items={[
                ...unused.map((why) => (
                  <li key={why}>
                    <SeverityMark mark="critical" label="Not used" />
                    <span>{why}</span>
                  </li>
                )),
                ...notRun.map((group) => (
                  <li key={`${group.bundle} ${group.lacking}`}>
                    <SeverityMark
                      mark={group.lacking === null ? 'critical' : 'skipped'}
                      label={group.lacking === null ? 'Failed' : 'Skipped'}
                    />
                    <span>
                      {group.lacking === null
                        ? `${counted(group.ids.length, 'check')} failed: ${group.reasons.join('; ')}`
                        : `${counted(group.ids.length, 'check')} without ${group.lacking}`}{' '}
                      <small className="mono">
                        {bundles.length > 1 ? `${nameOf(group.bundle)} ` : ''}
                        {group.ids.join(', ')}
                      </small>
                    </span>
                  </li>
                )),
              ]}
            />
          )}
        </div>
      </div>
    </Section>
  );
}
