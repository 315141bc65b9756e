/** The frame: bar, rail, the screen of the route, strip; keys and drops of the whole window. */
import { type DragEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { CompareScreen } from '../features/compare/CompareScreen.tsx';
import { FilesScreen } from '../features/files/FilesScreen.tsx';
import { FindingsScreen } from '../features/findings/FindingsScreen.tsx';
import { NetworkScreen } from '../features/network/NetworkScreen.tsx';
import { OverviewScreen } from '../features/overview/OverviewScreen.tsx';
import { ReportScreen } from '../features/report/ReportScreen.tsx';
import { RunbooksScreen } from '../features/runbooks/RunbooksScreen.tsx';
import { SearchScreen } from '../features/search/SearchScreen.tsx';
import { SettingsScreen } from '../features/settings/SettingsScreen.tsx';
import { takeDrop } from '../features/start/drop.ts';
import { StartScreen } from '../features/start/StartScreen.tsx';
import { TimelineScreen } from '../features/timeline/TimelineScreen.tsx';
import { needsNoCase, type Screen } from '../stores/navigation.ts';
import { useNavigation, useScreens, useSession, useStores } from '../stores/stores.tsx';
import { FaultBoundary } from './FaultBoundary.tsx';
import { commandOf, focusOf } from './keyboard.ts';
import { Palette } from './Palette.tsx';
import { Rail } from './Rail.tsx';
import { Strip } from './Strip.tsx';
import { ScreenKeysProvider, useScreenKeyRegistry } from './screen-keys.tsx';
import { SCREEN_NAMES } from './screen-names.ts';
import { TopBar } from './TopBar.tsx';

const SCREEN_VIEWS: Readonly<Record<Screen, () => React.JSX.Element>> = {
  start: StartScreen,
  overview: OverviewScreen,
  findings: FindingsScreen,
  network: NetworkScreen,
  search: SearchScreen,
  timeline: TimelineScreen,
  files: FilesScreen,
  compare: CompareScreen,
  runbooks: RunbooksScreen,
  report: ReportScreen,
  settings: SettingsScreen,
};

function useTheme(): void {
  const theme = useScreens((state) => state.theme);
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const more = window.matchMedia('(prefers-contrast: more)');
    const apply = () => {
      const system = more.matches ? 'contrast' : dark.matches ? 'dark' : 'light';
      document.documentElement.dataset.theme = theme === 'system' ? system : theme;
    };
    apply();
    dark.addEventListener('change', apply);
    more.addEventListener('change', apply);
    return () => {
      dark.removeEventListener('change', apply);
      more.removeEventListener('change', apply);
    };
  }, [theme]);
}

/** What a click or a key began and threw on the way: without a word it would seem that nothing was asked. */
function useFaultsSaid(): void {
  const announce = useScreens((state) => state.announce);
  useEffect(() => {
    const say = (thrown: unknown) =>
      announce(`That failed by a bug in Coldcase: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    // Browsers tell by an event without an error that a size was seen a frame later, which is no fault.
    const onError = ({ error }: ErrorEvent) => {
      if (error !== null && error !== undefined) say(error);
    };
    const onRejection = ({ reason }: PromiseRejectionEvent) => say(reason);
    window.addEventListener('error', onError);
    window.addEventListener('unhandledrejection', onRejection);
    return () => {
      window.removeEventListener('error', onError);
      window.removeEventListener('unhandledrejection', onRejection);
    };
  }, [announce]);
}

/**
 * A screen whose list has not taken the focus takes it itself, also where what was pressed goes with the tab it stood
 * on, or with its case: the focus never falls out of the window. By itself, for a route changes with each line that is walked.
 */
function FocusKeeper({ main }: { readonly main: RefObject<HTMLElement | null> }) {
  const route = useNavigation((state) => state.route);
  const openCase = useSession((state) => state.openCase?.id);
  const kept = useRef({ route, openCase });
  useEffect(() => {
    if (kept.current.route === route && kept.current.openCase === openCase) return;
    kept.current = { route, openCase };
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true });
  }, [route, openCase, main]);
  return null;
}

/** Another place of the case may well be shown: the rest of the window stays. */
function ScreenFault({ screen, children }: { readonly screen: Screen; readonly children: ReactNode }) {
  const route = useNavigation((state) => state.route);
  return (
    <FaultBoundary
      key={screen}
      what={`The screen ${SCREEN_NAMES[screen]}`}
      advice="Other screens can be used."
      of={route}
    >
      {children}
    </FaultBoundary>
  );
}

function Frame() {
  const { navigation, screens, session, bridge } = useStores();
  const registry = useScreenKeyRegistry();
  const screen = useNavigation((state) => state.route.screen);
  const searchInput = useRef<HTMLTextAreaElement>(null);
  const main = useRef<HTMLElement>(null);
  const [dragging, setDragging] = useState<'over' | 'away'>('away');
  const View = SCREEN_VIEWS[screen];
  useTheme();
  useFaultsSaid();

  useEffect(() => {
    document.title = `${SCREEN_NAMES[screen]} - Coldcase`;
  }, [screen]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const focused = document.activeElement;
      const command = commandOf(event, focusOf(focused));
      if (command === null) return;
      // What lies over the screen has the keys; it closes by Escape. Ours must not become the browser's.
      if (screens.getState().palette !== 'closed') {
        if (command.kind !== 'on-screen') event.preventDefault();
        return;
      }
      const hasCase = session.getState().openCase !== null;
      const focusList = () => {
        const list = main.current?.querySelector<HTMLElement>('[data-screen-keys]') ?? main.current;
        list?.focus({ preventScroll: true });
      };
      // To the list that the keys move, where there is one: the next key must not fall into nothing.
      const leaveText = () => {
        if (focusOf(focused) !== 'text' || !(focused instanceof HTMLElement)) return;
        focused.blur();
        focusList();
      };
      switch (command.kind) {
        case 'search': {
          // On Search the box of the bar has grown into the editor.
          const editor =
            main.current?.querySelector<HTMLTextAreaElement>('[data-query-box="many"]') ?? searchInput.current;
          editor?.focus();
          editor?.select();
          break;
        }
        case 'palette':
          screens.getState().setPalette('commands');
          break;
        case 'keys':
          screens.getState().setPalette('keys');
          break;
        case 'back':
          // A note that is being written is kept when its box is left.
          leaveText();
          navigation.getState().back();
          break;
        case 'forward':
          leaveText();
          navigation.getState().forward();
          break;
        case 'inspector':
          if (!hasCase) return;
          screens.getState().toggleInspector();
          break;
        case 'screen': {
          if (!hasCase && !needsNoCase(command.screen)) return;
          const before = navigation.getState().route.screen;
          // The key leads to the screen's list, not back to where the focus was.
          if (focused instanceof HTMLElement) focused.blur();
          navigation.getState().go({ screen: command.screen, params: {} });
          // Already there: no screen comes that would take it.
          if (navigation.getState().route.screen === before) focusList();
          break;
        }
        case 'on-screen':
          if (command.command === 'return' && focusOf(focused) === 'text') leaveText();
          else if (!registry.run(command.command)) return;
      }
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigation, screens, session, registry]);

  const hasFiles = (event: DragEvent) => [...event.dataTransfer.types].includes('Files');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; Start has a button for each of these actions
    <div
      className={dragging === 'over' ? 'app is-dragging' : 'app'}
      onDragEnter={(event) => {
        if (hasFiles(event)) setDragging('over');
      }}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        // Over a place that takes files itself nothing would be imported.
        setDragging(event.isDefaultPrevented() ? 'away' : 'over');
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setDragging('away');
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        setDragging('away');
        // A place on the screen took it: it is read there, and is no archive.
        if (event.isDefaultPrevented()) return;
        event.preventDefault();
        navigation.getState().go({ screen: 'start', params: {} });
        takeDrop(event.dataTransfer, bridge, session);
      }}
    >
      <TopBar searchInput={searchInput} />
      <Rail />
      <main ref={main} tabIndex={-1} className="main" aria-label={SCREEN_NAMES[screen]}>
        <ScreenFault screen={screen}>
          <View />
        </ScreenFault>
        <FocusKeeper main={main} />
      </main>
      <Strip />
      <Palette />
      {dragging === 'over' ? <div className="drop-veil">Drop to import</div> : null}
    </div>
  );
}

export function App() {
  const { session } = useStores();
  useEffect(() => {
    void session.getState().start();
  }, [session]);
  return (
    <FaultBoundary what="The window" advice="Try again, or close Coldcase and open it.">
      <ScreenKeysProvider>
        <Frame />
      </ScreenKeysProvider>
    </FaultBoundary>
  );
}
