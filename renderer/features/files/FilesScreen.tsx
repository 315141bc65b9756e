/** This line, in its file. */
import { Link } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useCopy } from '../../components/copy.ts';
import { Empty, FailureNote, Loading } from '../../components/States.tsx';
import type { Severity, SourceFile } from '../../model/types.ts';
import { SEVERITY_ORDER } from '../../model/types.ts';
import { formatRoute } from '../../stores/navigation.ts';
import { useNavigation, useScreens, useSearch, useSession, useStores } from '../../stores/stores.tsx';
import { FileInspector } from './FileInspector.tsx';
import { FileTree } from './FileTree.tsx';
import { FileViewer } from './FileViewer.tsx';
import type { LineMarks } from './line-marks.ts';

/** @returns the lines of one file that findings cite and the search matched. */
function useLineMarks(file: SourceFile | undefined): LineMarks {
  const analysis = useSession((state) => state.analysis);
  const answer = useSearch((state) => state.shown);
  return useMemo(() => {
    const cited = new Map<number, Severity>();
    const ranges = new Map<number, readonly (readonly [number, number])[]>();
    if (file !== undefined && analysis.state === 'ready') {
      for (const finding of analysis.value.findings) {
        for (const evidence of finding.evidence) {
          if (evidence.bundle !== file.bundle || evidence.file !== file.path) continue;
          // A reference may span a whole dump; its first lines are enough to see where it is.
          for (let line = evidence.line; line <= Math.min(evidence.endLine, evidence.line + 2_000); line += 1) {
            const before = cited.get(line);
            if (before === undefined || SEVERITY_ORDER.indexOf(finding.severity) < SEVERITY_ORDER.indexOf(before)) {
              cited.set(line, finding.severity);
            }
          }
        }
      }
    }
    if (file !== undefined && answer !== null) {
      for (const match of [...answer.matches, ...answer.answer.best]) {
        if (match.bundle === file.bundle && match.file === file.path) ranges.set(match.line, match.ranges);
      }
    }
    return { cited, ranges };
  }, [file, analysis, answer]);
}

const positive = (text: string | undefined): number | null => {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : null;
};

function Ready({ files }: { readonly files: readonly SourceFile[] }) {
  const { navigation, screens } = useStores();
  const copy = useCopy();
  const params = useNavigation((state) => state.route.params);
  const wrap = useScreens((state) => state.files.wrap);
  const last = useScreens((state) => state.files.last);
  const file = files.find((one) => one.bundle === params.bundle && one.path === params.file);
  const line = positive(params.line);
  const end = positive(params.end);
  const marks = useLineMarks(file);

  useEffect(() => {
    // The rail opens Files without saying what: the file shown last comes back.
    if (params.file === undefined && last.file !== undefined)
      navigation.getState().replace({ screen: 'files', params: last });
    else if (params.file !== undefined) screens.getState().change('files', { last: params });
  }, [params, last, navigation, screens]);

  const open = (next: SourceFile) =>
    navigation.getState().go({ screen: 'files', params: { bundle: next.bundle, file: next.path } });
  const link = formatRoute({ screen: 'files', params });
  return (
    <>
      <div className="files">
        <FileTree files={files} current={file ?? null} onOpen={open} />
        <div className="viewer">
          {file === undefined ? (
            <Empty title={params.file === undefined ? 'No file chosen' : 'This file is not in the case'}>
              <p>
                {params.file === undefined ? (
                  'Choose one on the left: the arrows move, Enter opens.'
                ) : (
                  <span className="mono">{params.file}</span>
                )}
              </p>
            </Empty>
          ) : (
            <FileViewer
              key={`${file.bundle} ${file.path}`}
              file={file}
              line={line}
              end={end ?? line}
              marks={marks}
              wrap={wrap}
            />
          )}
        </div>
      </div>
      {file === undefined ? null : (
        <FileInspector
          file={file}
          line={line}
          end={end ?? line}
          actions={
            <button type="button" className="btn btn--s" onClick={() => copy(link, 'the link to these lines')}>
              <Link className="icon" aria-hidden="true" />
              Copy link
            </button>
          }
        />
      )}
    </>
  );
}

export function FilesScreen() {
  const { session } = useStores();
  const files = useSession((state) => state.files);
  if (files.state === 'ready') return <Ready files={files.value} />;
  return (
    <div className="centre">
      {files.state === 'failed' ? (
        <div className="section">
          <FailureNote failure={files.failure} onRetry={() => void session.getState().reload()} />
        </div>
      ) : files.state === 'loading' ? (
        <Loading what="Reading the list of files" />
      ) : (
        <Empty title="Nothing is imported yet" />
      )}
    </div>
  );
}
