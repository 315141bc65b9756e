/** Which services work on which node, and where the path breaks. */
import { useEffect } from 'react';
import { NothingImported } from '../../components/States.tsx';
import { formatRoute } from '../../stores/navigation.ts';
import { useNavigation, useNetwork, useSession, useStores } from '../../stores/stores.tsx';
import { ChainsTab } from './ChainsTab.tsx';
import { GraphTab } from './GraphTab.tsx';
import { LookupTab } from './LookupTab.tsx';
import { TABS, type Tab, tabOf, tabRoute } from './routes.ts';
import { ServicesTab } from './ServicesTab.tsx';
import { TraceTab } from './TraceTab.tsx';

const VIEWS: Readonly<Record<Tab, () => React.JSX.Element>> = {
  services: ServicesTab,
  graph: GraphTab,
  trace: TraceTab,
  lookup: LookupTab,
  chains: ChainsTab,
};

function Tabs({ shown }: { readonly shown: Tab }) {
  const { navigation } = useStores();
  const last = useNetwork((state) => state.last);
  return (
    <nav className="tabs" aria-label="Network views">
      {TABS.map(({ tab, name }) => {
        const route = tabRoute(tab, last[tab] ?? {});
        return (
          <a
            key={tab}
            href={formatRoute(route)}
            className={tab === shown ? 'is-active' : ''}
            {...(tab === shown ? { 'aria-current': 'page' as const } : {})}
            onClick={(event) => {
              event.preventDefault();
              if (tab !== shown) navigation.getState().go(route);
            }}
          >
            {name}
          </a>
        );
      })}
    </nav>
  );
}

export function NetworkScreen() {
  const { navigation, network } = useStores();
  const params = useNavigation((state) => state.route.params);
  const bundles = useSession((state) => state.openCase?.bundles.length ?? 0);
  const before = useNetwork((state) => state.tab);
  const last = useNetwork((state) => state.last);
  const asked = tabOf(params);
  const shown = asked ?? TABS.find(({ tab }) => tab === before)?.tab ?? 'services';
  useEffect(() => {
    // The rail opens Network without saying which view: the one shown last comes back as it was.
    if (asked === null) navigation.getState().replace(tabRoute(shown, last[shown] ?? {}));
    else if (last[asked] !== params)
      network.getState().change({ tab: asked, last: { ...network.getState().last, [asked]: params } });
  }, [asked, shown, params, last, navigation, network]);
  if (bundles === 0) return <NothingImported />;
  const View = VIEWS[shown];
  return (
    <div className="network">
      <div className="pane-head network__head">
        <Tabs shown={shown} />
      </div>
      <div className="network__view">
        <View key={shown} />
      </div>
    </div>
  );
}
