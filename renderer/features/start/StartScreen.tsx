/** Drop here, or send this command. */
import { Bookmark, Copy, Download, Eye, FolderOpen, TextAlignStart, Upload } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { useCopy } from '../../components/copy.ts';
import { FailureNote, Loading } from '../../components/States.tsx';
import { useSession, useStores } from '../../stores/stores.tsx';
import { COLLECTOR_COMMANDS, COLLECTOR_MESSAGE } from './collector.ts';
import { ImportPanel } from './ImportPanel.tsx';
import { RecentCases } from './RecentCases.tsx';

function PathForm() {
  const { session } = useStores();
  const [path, setPath] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const paths = [path.trim()].filter((one) => one !== '');
    void session.getState().importPaths(paths);
  };
  return (
    <form className="path-form" onSubmit={submit}>
      <label className="field grow">
        <span>Path on this machine</span>
        <input
          className="input mono"
          type="text"
          value={path}
          spellCheck={false}
          placeholder="/var/tmp/eks_i-....tar.gz, or a folder"
          onChange={(event) => setPath(event.target.value)}
        />
      </label>
      <button type="submit" className="btn" disabled={path.trim() === ''}>
        Import path
      </button>
    </form>
  );
}

function DropZone() {
  const { bridge, session } = useStores();
  // A case without a bundle, such as a cancelled import leaves behind, is as good as none.
  const openCase = useSession(({ openCase: one }) => (one !== null && one.bundles.length > 0 ? one : null));
  const mark = useSession((state) => state.importMark);
  const picker = useRef<HTMLInputElement>(null);
  const choose = async (what: 'archives' | 'folder') => {
    if (bridge.choosePaths !== undefined) await session.getState().importPaths(await bridge.choosePaths(what));
    else picker.current?.click();
  };
  return (
    <section className="dropzone" aria-label="Import">
      <Download className="icon" aria-hidden="true" />
      <div>
        <h1>
          {openCase === null
            ? 'Drop archives or folders to start a case'
            : `Drop archives or folders to add to ${openCase.title}`}
        </h1>
        <p>
          EKS log collector and node diagnostic archives, sgfp and support bundles, must-gathers, sosreports, saved
          Kubernetes objects, or any archive or folder of dumps and logs.
          {openCase === null ? ' Several at once become one case.' : ''}
        </p>
      </div>
      <div className="dropzone__actions">
        <button type="button" className="btn btn--primary" onClick={() => void choose('archives')}>
          <Upload className="icon" aria-hidden="true" />
          Choose files
        </button>
        {bridge.choosePaths === undefined ? (
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label="Files to import"
            onChange={(event) => {
              const files = [...(event.target.files ?? [])];
              event.target.value = '';
              void session.getState().importFiles(files);
            }}
          />
        ) : (
          <button type="button" className="btn" onClick={() => void choose('folder')}>
            <FolderOpen className="icon" aria-hidden="true" />
            Choose folder
          </button>
        )}
        {openCase === null ? null : (
          <button type="button" className="btn btn--quiet" onClick={() => session.getState().closeCase()}>
            New case
          </button>
        )}
      </div>
      <label
        className="dropzone__mark"
        title="Findings that it has as well are labelled in the others: known noise, perhaps"
      >
        <input
          type="checkbox"
          className="check"
          checked={mark === 'healthy'}
          onChange={(event) => session.getState().setImportMark(event.target.checked ? 'healthy' : null)}
        />
        The next archives are of healthy nodes, to compare with
      </label>
      {bridge.host === 'web' ? <PathForm /> : null}
    </section>
  );
}

function SampleCard() {
  const { session } = useStores();
  const busy = useSession((state) => state.opening !== null);
  return (
    <section className="sample" aria-label="Sample case">
      <Bookmark className="icon" aria-hidden="true" />
      <div className="grow">
        <h3>Sample case</h3>
        <p className="meta">
          A node archive that comes with Coldcase, with Services that do not work. Nothing to download.
        </p>
      </div>
      <button type="button" className="btn" disabled={busy} onClick={() => void session.getState().openSample()}>
        Open sample
      </button>
    </section>
  );
}

function Collector() {
  const copy = useCopy();
  return (
    <section>
      <h2>Ask a customer for a bundle</h2>
      <p className="meta start__lead">On an EKS node</p>
      <pre className="codeblock">{COLLECTOR_COMMANDS}</pre>
      <div className="row">
        <button type="button" className="btn" onClick={() => copy(COLLECTOR_COMMANDS, 'the collector commands')}>
          <Copy className="icon" aria-hidden="true" />
          Copy commands
        </button>
        <button
          type="button"
          className="btn btn--quiet"
          onClick={() => copy(COLLECTOR_MESSAGE, 'the message to the customer')}
        >
          Copy as message to customer
        </button>
      </div>
      <ul className="bullets">
        <li>
          <TextAlignStart className="icon" aria-hidden="true" />
          <span>
            The last two lines write what the collector leaves out to files of their own: rule counters, and the
            nftables rules. Ask for all three files.
          </span>
        </li>
        <li>
          <Eye className="icon" aria-hidden="true" />
          <span>
            The result contains host names, addresses, pod names and log text. Run it on one affected and one healthy
            node.
          </span>
        </li>
      </ul>
    </section>
  );
}

function ThisMachine() {
  const about = useSession((state) => state.about);
  if (about.state !== 'ready') return null;
  return (
    <section>
      <h2>This machine</h2>
      <dl className="kv">
        <dt>Cases in</dt>
        <dd className="mono">{about.value.casesFolder}</dd>
        <dt>Engine</dt>
        <dd>
          Coldcase {about.value.version}, {about.value.rules} rules, {about.value.analyzers} analyzers,{' '}
          {about.value.runtime}
        </dd>
        <dt>Network</dt>
        <dd>none: Coldcase makes no request</dd>
      </dl>
    </section>
  );
}

export function StartScreen() {
  const { session } = useStores();
  const failure = useSession((state) => state.failure);
  const opening = useSession((state) => state.opening);
  return (
    <div className="centre">
      <div className="start">
        <div className="start__column">
          <DropZone />
          {failure === null ? null : (
            <FailureNote failure={failure} onDismiss={() => session.getState().dismissFailure()} />
          )}
          {opening === null ? null : <Loading what={`Opening ${opening}`} />}
          <ImportPanel />
          <RecentCases />
          <SampleCard />
        </div>
        <div className="start__column">
          <Collector />
          <ThisMachine />
        </div>
      </div>
    </div>
  );
}
