/** Empty, loading and error states: designed once, said in the same words everywhere. */
import { RefreshCw, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Mark } from '../model/derive.ts';
import { sentenceCase } from '../model/format.ts';
import type { Failure } from '../model/types.ts';
import { IconButton } from './IconButton.tsx';
import { Prose } from './Prose.tsx';
import { SeverityMark } from './SeverityMark.tsx';

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="state" role="status">
      <h3>
        <span className="spinner" aria-hidden="true" />
        {what}
      </h3>
      <div className="skeletons" aria-hidden="true">
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}

export function Empty({
  mark,
  title,
  children,
}: {
  readonly mark?: Mark;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="state">
      <h3>
        {mark === undefined ? null : <SeverityMark mark={mark} label={null} />}
        {title}
      </h3>
      {children}
    </div>
  );
}

/** A screen of a case without a bundle. */
export function NothingImported() {
  return (
    <div className="centre">
      <Empty title="Nothing is imported yet" />
    </div>
  );
}

/** What failed, where, and what to do about it. */
export function FailureNote({
  failure,
  onRetry,
  onDismiss,
}: {
  readonly failure: Failure;
  readonly onRetry?: () => void;
  readonly onDismiss?: () => void;
}) {
  return (
    <div className="note note--bad" role="alert">
      <SeverityMark mark="critical" label="Failed" />
      <div className="grow">
        <p className="note__what">
          <Prose text={sentenceCase(failure.message)} />
        </p>
        {failure.where === null || failure.message.includes(failure.where) ? null : (
          <p className="mono note__where">{failure.where}</p>
        )}
        {failure.advice === null ? null : (
          <p>
            <Prose text={failure.advice} />
          </p>
        )}
      </div>
      {onRetry === undefined ? null : (
        <button type="button" className="btn btn--s" onClick={onRetry}>
          <RefreshCw className="icon" aria-hidden="true" />
          Try again
        </button>
      )}
      {onDismiss === undefined ? null : <IconButton icon={X} look="quiet" label="Dismiss" onClick={onDismiss} />}
    </div>
  );
}
