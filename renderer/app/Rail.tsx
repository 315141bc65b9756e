import {
  ChartColumn,
  ChartNoAxesCombined,
  Columns2,
  FileText,
  Flag,
  Folder,
  Inbox,
  ListChecks,
  type LucideIcon,
  Network,
  Search,
  Settings2,
} from 'lucide-react';
import { inScope } from '../model/derive.ts';
import { count } from '../model/format.ts';
import { formatRoute, needsNoCase, SCREENS, type Screen } from '../stores/navigation.ts';
import { useNavigation, useRunbooks, useSession, useStores } from '../stores/stores.tsx';
import { SCREEN_NAMES, screenKeys } from './screen-names.ts';

const ICONS: Readonly<Record<Screen, LucideIcon>> = {
  start: Inbox,
  overview: ChartColumn,
  findings: Flag,
  network: Network,
  search: Search,
  timeline: ChartNoAxesCombined,
  files: Folder,
  compare: Columns2,
  runbooks: ListChecks,
  report: FileText,
  settings: Settings2,
};

export function Rail() {
  const { navigation } = useStores();
  const screen = useNavigation((state) => state.route.screen);
  const openCase = useSession((state) => state.openCase);
  const analysis = useSession((state) => state.analysis);
  const files = useSession((state) => state.files);
  const hidden = useSession((state) => state.hidden);
  const runbooks = useRunbooks((state) => state.list);
  const counts: Partial<Record<Screen, number>> = {
    ...(analysis.state === 'ready' ? { findings: inScope(analysis.value.findings, hidden).length } : {}),
    ...(files.state === 'ready' ? { files: inScope(files.value, hidden).length } : {}),
    ...(runbooks.state === 'ready'
      ? { runbooks: runbooks.value.runbooks.filter(({ suggested }) => suggested.length > 0).length }
      : {}),
  };
  return (
    <nav className="rail" aria-label="Screens">
      {SCREENS.map((name, index) => {
        const Icon = ICONS[name];
        const shut = openCase === null && !needsNoCase(name);
        const amount = counts[name];
        const keys = screenKeys(index);
        return (
          <a
            key={name}
            className={`rail__item${name === screen ? ' is-active' : ''}${name === 'settings' ? ' rail__item--last' : ''}`}
            href={shut ? undefined : formatRoute({ screen: name, params: {} })}
            aria-label={SCREEN_NAMES[name]}
            title={
              shut
                ? `${SCREEN_NAMES[name]}: open a case first`
                : `${SCREEN_NAMES[name]}${keys === '' ? '' : ` (${keys})`}`
            }
            {...(name === screen ? { 'aria-current': 'page' as const } : {})}
            {...(shut ? { 'aria-disabled': true, role: 'link' } : {})}
            onClick={(event) => {
              event.preventDefault();
              if (shut) return;
              // The screen takes the focus, so that its keys work at once.
              event.currentTarget.blur();
              navigation.getState().go({ screen: name, params: {} });
            }}
          >
            <Icon className="icon" aria-hidden="true" />
            <span className="rail__label">{SCREEN_NAMES[name]}</span>
            {amount === undefined ? null : <span className="rail__count">{count(amount)}</span>}
          </a>
        );
      })}
    </nav>
  );
}
