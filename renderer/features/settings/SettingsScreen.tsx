/** What this machine remembers: the theme, folders of one's own, limits; the rules that every analysis runs; clocks of the case. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { THEMES } from '../../app/themes.ts';
import { Section } from '../../components/Section.tsx';
import { FailureNote, Loading } from '../../components/States.tsx';
import { count } from '../../model/format.ts';
import type { SettingsAnswer } from '../../model/types.ts';
import { useScreens, useSession, useSettings, useStores } from '../../stores/stores.tsx';
import { Catalogue } from './Catalogue.tsx';
import { Clocks } from './Clocks.tsx';
import { RuleFolders, RunbookFolders } from './Folders.tsx';
import { Limits } from './Limits.tsx';

function Appearance() {
  const { screens } = useStores();
  const theme = useScreens((state) => state.theme);
  return (
    <section className="section" aria-label="Theme">
      <h2>Theme</h2>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row */}
      <span className="toggles" role="group" aria-label="Theme">
        {THEMES.map(({ theme: name, label, icon: Icon }) => (
          <button
            key={name}
            type="button"
            aria-pressed={theme === name}
            onClick={() => screens.getState().setTheme(name)}
          >
            <Icon className="icon" aria-hidden="true" />
            {label}
          </button>
        ))}
      </span>
    </section>
  );
}

function Keys() {
  const { screens } = useStores();
  return (
    <Section
      title="Keys"
      says="Ctrl Shift P or F1 finds every command by its name."
      tools={
        <button type="button" className="btn btn--s" onClick={() => screens.getState().setPalette('keys')}>
          List of keys (?)
        </button>
      }
    />
  );
}

/** Where things are, for whoever has to look after this machine. */
function ThisMachine({ answer }: { readonly answer: SettingsAnswer }) {
  const about = useSession((state) => state.about);
  return (
    <section className="section" aria-label="This machine">
      <h2>This machine</h2>
      <dl className="kv">
        <dt>Settings</dt>
        <dd className="mono">{answer.file ?? 'kept until Coldcase ends'}</dd>
        {about.state === 'ready' ? (
          <>
            <dt>Cases</dt>
            <dd className="mono">{about.value.casesFolder}</dd>
            <dt>Version</dt>
            <dd>
              Coldcase {about.value.version}, {about.value.runtime}, {count(about.value.analyzers)} analyzers
            </dd>
          </>
        ) : null}
        <dt>Network</dt>
        <dd>none: Coldcase makes no request</dd>
      </dl>
    </section>
  );
}

function Ready({ answer }: { readonly answer: SettingsAnswer }) {
  const { settings } = useStores();
  const failure = useSettings((state) => state.failure);
  const centre = useRef<HTMLDivElement>(null);
  // A layout effect: when the others are cleaned up the element has left the page and has no scroll any more.
  useLayoutEffect(() => {
    const element = centre.current;
    if (element === null) return;
    element.scrollTop = settings.getState().scroll;
    return () => settings.getState().change({ scroll: element.scrollTop });
  }, [settings]);
  return (
    <div className="centre centre--fixed">
      <div className="pane-head">
        <h1>Settings</h1>
        <span className="meta clip">They hold for this machine, in every case; clocks are kept with the case.</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key */}
      <section className="settings" ref={centre} tabIndex={0} aria-label="All settings">
        {answer.damaged === null ? null : (
          <div className="section">
            <FailureNote
              failure={{
                code: 'corrupt',
                message: `The kept settings cannot be used: ${answer.damaged}`,
                where: answer.file,
                advice: 'The usual ones hold. What is changed here takes their place.',
              }}
            />
          </div>
        )}
        {failure === null ? null : (
          <div className="section">
            <FailureNote failure={failure} onDismiss={() => settings.getState().change({ failure: null })} />
          </div>
        )}
        <Appearance />
        <Clocks />
        <RuleFolders answer={answer} />
        <RunbookFolders answer={answer} />
        <Catalogue />
        <Limits answer={answer} />
        <Keys />
        <ThisMachine answer={answer} />
      </section>
    </div>
  );
}

export function SettingsScreen() {
  const { settings } = useStores();
  const answer = useSettings((state) => state.answer);
  // Files of one's own may have changed meanwhile.
  useEffect(() => void settings.getState().load(), [settings]);
  if (answer.state === 'ready') return <Ready answer={answer.value} />;
  return (
    <div className="centre">
      {answer.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={answer.failure} onRetry={() => void settings.getState().load()} />
        </div>
      ) : (
        <Loading what="Reading the settings" />
      )}
    </div>
  );
}
