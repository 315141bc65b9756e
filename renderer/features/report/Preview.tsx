/** What the reader will get: the HTML as it is laid out, any other format as its text. */
import { useCallback, useMemo } from 'react';
import { FailureNote, Loading } from '../../components/States.tsx';
import { counted, size } from '../../model/format.ts';
import type { ReportDraft, ReportFormat } from '../../model/types.ts';
import { useReport, useReportAnswers, useStores } from '../../stores/stores.tsx';
import { PaperFrame } from './PaperFrame.tsx';
import { shownFormat, useAsking } from './use-preview.ts';

/** Characters of the preview; what is exported is whole. A frame of 1.5 MB takes most of a second to lay out. */
const SHOWN_CHARS: Readonly<Record<ReportFormat, number>> = {
  html: 600_000,
  md: 200_000,
  json: 200_000,
  yaml: 200_000,
};

/** @returns the beginning of the text, ended between two lines; and whether there is more. */
export function beginning(text: string, most: number): { readonly shown: string; readonly cut: 'yes' | 'no' } {
  if (text.length <= most) return { shown: text, cut: 'no' };
  const end = text.lastIndexOf('\n', most);
  return { shown: text.slice(0, end < 0 ? most : end), cut: 'yes' };
}

export function Preview({ draft }: { readonly draft: ReportDraft }) {
  const { reportAnswers } = useStores();
  const format = shownFormat(useReport((state) => state.view.kind));
  const { value, failure } = useReportAnswers((state) => state.preview);
  const ask = useCallback(() => reportAnswers.getState().askPreview(format, draft), [reportAnswers, format, draft]);
  useAsking(draft, ask);
  const document = value?.format === format ? value.document : null;
  const { shown, cut } = useMemo(() => beginning(document?.text ?? '', SHOWN_CHARS[format]), [document, format]);
  return (
    <>
      {failure === null ? null : (
        <div className="report__notes">
          <FailureNote failure={failure} onRetry={ask} />
        </div>
      )}
      {document === null ? (
        failure === null ? (
          <Loading what="Building the preview" />
        ) : null
      ) : (
        <>
          {cut === 'yes' ? (
            <p className="report__cut" role="note">
              The preview shows the first {size(shown.length)} of {size(document.text.length)}; what is exported is
              whole, with {counted(document.references, 'reference')}.
            </p>
          ) : null}
          {format === 'html' ? (
            <PaperFrame html={shown} />
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by key
            <section className="report__text" tabIndex={0} aria-label="Text of the report">
              <pre className="paper">{shown}</pre>
            </section>
          )}
        </>
      )}
    </>
  );
}
