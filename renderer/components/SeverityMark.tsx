/** Severity as a shape and a colour; the shape alone is enough to tell them apart. */
import type { Mark } from '../model/derive.ts';
import { sentenceCase } from '../model/format.ts';

const LABEL: Readonly<Record<Mark, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
  pass: 'Pass',
  absent: 'Not found',
  unknown: 'Not known',
  skipped: 'Skipped',
  ask: 'Needs the customer',
};

function Shape({ mark }: { readonly mark: Mark }) {
  switch (mark) {
    case 'critical':
      return (
        <>
          <path className="mark__solid" d="M4.2 1h5.6L13 4.2v5.6L9.8 13H4.2L1 9.8V4.2z" />
          <path className="mark__cut" d="m5 5 4 4m0-4L5 9" />
        </>
      );
    case 'high':
      return (
        <>
          <path className="mark__solid" d="M7 1.4 13.1 12.5H.9z" />
          <path className="mark__cut" d="M7 5.4v2.8m0 2.2v.01" />
        </>
      );
    case 'medium':
      return (
        <>
          <path className="mark__solid" d="M7 .9 13.1 7 7 13.1.9 7z" />
          <path className="mark__cut" d="M4.9 7h4.2" />
        </>
      );
    case 'low':
      return <path className="mark__line" d="M1.9 2.5h10.2L7 11.9z" />;
    case 'info':
      return (
        <>
          <circle className="mark__line" cx="7" cy="7" r="5.7" />
          <path className="mark__line" d="M7 6.7v3m0-5.4v.01" />
        </>
      );
    case 'pass':
      return (
        <>
          <circle className="mark__solid" cx="7" cy="7" r="6.1" />
          <path className="mark__cut" d="m4.3 7.2 1.9 2 3.5-4" />
        </>
      );
    case 'absent':
      return (
        <>
          <circle className="mark__line" cx="7" cy="7" r="5.7" />
          <path className="mark__line" d="m3.2 10.800 7.600-7.600" />
        </>
      );
    case 'skipped':
      return (
        <>
          <circle className="mark__dashed" cx="7" cy="7" r="5.7" />
          <path className="mark__line" d="M4.9 7h4.2" />
        </>
      );
    case 'unknown':
      return (
        <>
          <circle className="mark__dashed" cx="7" cy="7" r="5.7" />
          <path className="mark__line" d="M5.5 5.7a1.5 1.5 0 1 1 1.5 1.6m0 2.4v.01" />
        </>
      );
    case 'ask':
      return <path className="mark__line" d="M1.5 2h11v7.2H7.6l-3 2.9V9.2H1.5z" />;
  }
}

/** @param label names the mark to a screen reader; `null` when the words stand beside it. */
export function SeverityMark({ mark, label }: { readonly mark: Mark; readonly label?: string | null }) {
  const name = label === undefined ? LABEL[mark] : label;
  if (name === null) {
    return (
      <svg className={`mark mark--${mark}`} viewBox="0 0 14 14" aria-hidden="true">
        <Shape mark={mark} />
      </svg>
    );
  }
  return (
    <svg className={`mark mark--${mark}`} viewBox="0 0 14 14" role="img" aria-label={name}>
      <title>{name}</title>
      <Shape mark={mark} />
    </svg>
  );
}

/** A severity with its word. */
export function SeverityLabel({ mark }: { readonly mark: Mark }) {
  return (
    <span className="severity">
      <SeverityMark mark={mark} label={null} />
      {sentenceCase(LABEL[mark])}
    </span>
  );
}

/** Head of a column of marks, which are too narrow for a word above them. */
export function SeverityHead() {
  return (
    <th scope="col">
      <span className="visually-hidden">Severity</span>
    </th>
  );
}
