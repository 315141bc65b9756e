/** The rules that every analysis runs: how many of each kind in each area, and each with its source. */
import { useMemo } from 'react';
import { Prose } from '../../components/Prose.tsx';
import { SeverityHead, SeverityMark } from '../../components/SeverityMark.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { count, counted } from '../../model/format.ts';
import type { ListedRule, RulesAnswer } from '../../model/types.ts';
import { useSettings, useStores } from '../../stores/stores.tsx';
import { rulesByArea } from './folders.ts';

function Shipped({ rejected }: { readonly rejected: RulesAnswer['rejected'] }) {
  const shipped = rejected.filter(({ folder }) => folder === null);
  if (shipped.length === 0) return null;
  return (
    <ul className="folders__wrong">
      {shipped.map(({ file, line, column, message }) => (
        <li key={`${file}:${line}:${column} ${message}`} className="folders__mistake">
          <span className="mono">
            {file}:{line}:{column}
          </span>{' '}
          <Prose text={message} />
        </li>
      ))}
    </ul>
  );
}

function RuleRows({ rules }: { readonly rules: readonly ListedRule[] }) {
  return (
    <table className="table table--flush rules">
      <colgroup>
        <col className="rules__mark" />
        <col />
        <col className="rules__area" />
        <col className="rules__part" />
        <col className="rules__owner" />
        <col className="rules__source" />
      </colgroup>
      <thead>
        <tr>
          <SeverityHead />
          <th scope="col">Rule</th>
          <th scope="col">Area</th>
          <th scope="col">Says</th>
          <th scope="col">Owner</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr key={rule.id}>
            <td>
              <SeverityMark mark={rule.severity} />
            </td>
            <td className="wrap">
              {rule.title} <span className="mono meta">{rule.id}</span>
              {rule.folder === null ? null : <span className="chip runbook__own">own</span>}
            </td>
            <td>{rule.area}</td>
            <td>{rule.part}</td>
            <td>{rule.owner}</td>
            <td className="wrap" title={rule.source.where}>
              {rule.source.component} {rule.source.version}
              {rule.source.verified === 'yes' ? null : <span className="meta"> not verified</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Ready({ answer }: { readonly answer: RulesAnswer }) {
  const { settings } = useStores();
  const area = useSettings((state) => state.area);
  const text = useSettings((state) => state.ruleText);
  const areas = useMemo(() => rulesByArea(answer.rules), [answer]);
  const words = text.trim().toLowerCase().split(/\s+/);
  const chosen = area !== null || text.trim() !== '';
  const shown = answer.rules.filter(
    (rule) =>
      (area === null || rule.area === area) &&
      words.every((word) =>
        `${rule.id} ${rule.title} ${rule.owner} ${rule.source.component}`.toLowerCase().includes(word),
      ),
  );
  const { change } = settings.getState();
  return (
    <>
      <div className="section__head">
        <h2>Rules</h2>
        <span className="meta" role="status">
          {counted(answer.rules.length, 'rule')} in {counted(areas.length, 'area')}
          {chosen ? `, ${count(shown.length)} shown` : ''}
        </span>
        <input
          className="input input--s settings__filter"
          type="text"
          aria-label="Filter rules"
          placeholder="Id, title or component"
          value={text}
          onChange={(event) => change({ ruleText: event.target.value })}
        />
        <select
          className="select"
          aria-label="Area"
          value={area ?? ''}
          onChange={(event) => change({ area: event.target.value === '' ? null : event.target.value })}
        >
          <option value="">Area: all</option>
          {areas.map((one) => (
            <option key={one.area} value={one.area}>
              {one.area}
            </option>
          ))}
        </select>
      </div>
      <Shipped rejected={answer.rejected} />
      {chosen ? (
        shown.length === 0 ? (
          <p className="meta">No rule passes these filters.</p>
        ) : (
          <RuleRows rules={shown} />
        )
      ) : (
        <ul className="areas" aria-label="Rules by area">
          {areas.map((one) => (
            <li key={one.area} className="area">
              <button type="button" className="link" onClick={() => change({ area: one.area })}>
                {one.area}
              </button>
              <span className="num">{count(one.cause + one.symptom + one.recovery)}</span>
              <small>
                {counted(one.cause, 'cause')}, {counted(one.symptom, 'symptom')},{' '}
                {counted(one.recovery, 'recovery', 'recoveries')}
                {one.own === 0 ? '' : `, ${one.own} own`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

export function Catalogue() {
  const { settings } = useStores();
  const rules = useSettings((state) => state.rules);
  return (
    <section className="section" aria-label="Rules">
      {rules.state === 'ready' ? (
        <Ready answer={rules.value} />
      ) : rules.state === 'failed' ? (
        <FailureNote failure={rules.failure} onRetry={() => void settings.getState().load()} />
      ) : (
        <Loading what="Reading the rules" />
      )}
    </section>
  );
}
