import { ArrowLeft, ArrowRight, ChevronDown, Command, PanelRight, Search } from 'lucide-react';
import type { RefObject } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { IconButton } from '../components/IconButton.tsx';
import { QueryBox } from '../components/QueryBox.tsx';
import { SeverityMark } from '../components/SeverityMark.tsx';
import { nodeMark } from '../model/derive.ts';
import { counted } from '../model/format.ts';
import { nodeNames } from '../model/node-names.ts';
import { useNavigation, useNotebook, useScreens, useSearch, useSession, useStores } from '../stores/stores.tsx';
import { TimeWindowControl } from './TimeWindowControl.tsx';

const RECENT_SHOWN = 8;

function CaseSwitch() {
  const { session, navigation } = useStores();
  const openCase = useSession((state) => state.openCase);
  const recent = useSession((state) => state.recent);
  const cases =
    recent.state === 'ready' ? recent.value.filter((one) => one.id !== openCase?.id).slice(0, RECENT_SHOWN) : [];
  return (
    <MenuTrigger>
      <Button
        className="case-switch"
        aria-label={openCase === null ? 'No case open, choose a case' : `Case ${openCase.title}, choose another`}
      >
        <b className="clip" title={openCase?.title}>
          {openCase === null ? 'No case open' : openCase.title}
        </b>
        <ChevronDown className="icon" aria-hidden="true" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label="Cases"
          onAction={(key) => {
            if (key === 'new') session.getState().closeCase();
            else if (key === 'start') navigation.getState().go({ screen: 'start', params: {} });
            else {
              const chosen = cases.find((one) => one.id === key);
              if (chosen !== undefined) {
                void session
                  .getState()
                  .open(chosen.id, chosen.title)
                  .then(() => {
                    if (session.getState().openCase?.id === chosen.id)
                      navigation.getState().go({ screen: 'overview', params: {} });
                  });
              }
            }
          }}
        >
          {cases.map((one) => (
            <MenuItem key={one.id} id={one.id} className="menu__item" textValue={one.title}>
              <SeverityMark mark={one.severity ?? 'unknown'} label={null} />
              <span className="clip">{one.title}</span>
              <small>{one.nodes.length === 0 ? 'node not known' : counted(one.nodes.length, 'node')}</small>
            </MenuItem>
          ))}
          {cases.length === 0 ? null : <Separator className="menu__line" />}
          <MenuItem id="start" className="menu__item" textValue="All recent cases">
            All recent cases
          </MenuItem>
          <MenuItem id="new" className="menu__item" textValue="New case">
            New case
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** One chip a node; a chip that is not pressed takes its node out of every screen. */
function Scope() {
  const { session } = useStores();
  const bundles = useSession((state) => state.openCase?.bundles);
  const analysis = useSession((state) => state.analysis);
  const hidden = useSession((state) => state.hidden);
  if (bundles === undefined || bundles.length === 0) return null;
  const { whole, prefix, rest } = nodeNames(bundles);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of the bar
    <div className="scope" role="group" aria-label="Nodes in scope">
      {prefix === '' ? null : <span className="scope__prefix">{prefix}</span>}
      {bundles.map((bundle) => {
        const { mark, says } = nodeMark(bundle, analysis);
        const name = whole.get(bundle.id) ?? '';
        const shown = !hidden.has(bundle.id);
        return (
          <button
            key={bundle.id}
            type="button"
            className="scope-chip"
            aria-pressed={shown}
            title={`${name}: ${says}${shown ? '' : ' (out of scope)'}`}
            aria-label={`${name}, ${says}`}
            onClick={() => session.getState().toggleScope(bundle.id)}
          >
            <SeverityMark mark={mark} label={null} />
            <span className="clip">{rest.get(bundle.id)}</span>
          </button>
        );
      })}
    </div>
  );
}

function SearchBox({ input }: { readonly input: RefObject<HTMLTextAreaElement | null> }) {
  const { search } = useStores();
  const onSearch = useNavigation(({ route }) => route.screen === 'search');
  const draft = useSearch((state) => state.draft);
  const fault = useSearch((state) => state.fault);
  const history = useNotebook((state) => state.history);
  return (
    <search className="grow">
      <QueryBox
        input={input}
        label="Search the case"
        placeholder="Search every line"
        lines="one"
        tells={onSearch ? 'nothing' : 'fault'}
        value={draft}
        fault={fault}
        history={history}
        onType={(text) => (onSearch ? search.getState().type(text) : search.getState().prepare(text))}
        onEnter={() => search.getState().run('entered')}
      >
        <Search className="icon" aria-hidden="true" />
        <kbd className="kbd">Ctrl K</kbd>
      </QueryBox>
    </search>
  );
}

export function TopBar({ searchInput }: { readonly searchInput: RefObject<HTMLTextAreaElement | null> }) {
  const { navigation, screens } = useStores();
  const hasCase = useSession((state) => state.openCase !== null);
  const canBack = useNavigation((state) => state.index > 0);
  const canForward = useNavigation((state) => state.index < state.last);
  const inspector = useScreens((state) => state.inspector);
  const inspects = useNavigation(({ route }) => !['start', 'report', 'settings'].includes(route.screen));
  return (
    <header className="topbar">
      <CaseSwitch />
      <span className="topbar__moves">
        <IconButton
          icon={ArrowLeft}
          look="quiet"
          label="Back"
          title="Back (Alt Left)"
          disabled={!canBack}
          onClick={() => navigation.getState().back()}
        />
        <IconButton
          icon={ArrowRight}
          look="quiet"
          label="Forward"
          title="Forward (Alt Right)"
          disabled={!canForward}
          onClick={() => navigation.getState().forward()}
        />
      </span>
      {hasCase ? (
        <>
          <span className="topbar__line" />
          <Scope />
          <TimeWindowControl />
          <SearchBox input={searchInput} />
        </>
      ) : (
        <span className="grow" />
      )}
      {hasCase && inspects ? (
        <IconButton
          icon={PanelRight}
          look="quiet"
          label="Inspector"
          aria-pressed={inspector === 'open'}
          title="Show or hide the inspector (Space)"
          onClick={() => screens.getState().toggleInspector()}
        />
      ) : null}
      <IconButton
        icon={Command}
        look="quiet"
        label="Commands"
        title="Commands (Ctrl Shift P)"
        onClick={() => screens.getState().setPalette('commands')}
      />
    </header>
  );
}
