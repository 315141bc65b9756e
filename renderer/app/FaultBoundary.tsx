/** Keeps a part of the window that cannot be drawn from taking the whole window with it: React shows nothing at all then. */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { CopyButton } from '../components/CopyButton.tsx';
import { Section } from '../components/Section.tsx';
import { FailureNote } from '../components/States.tsx';

interface FaultBoundaryProps {
  /** Begins a sentence: `The screen Findings`. */
  readonly what: string;
  /** What can be done besides trying again, as a sentence. */
  readonly advice: string;
  /** Another value is another try: a route, a case. */
  readonly of?: unknown;
  readonly children: ReactNode;
}

interface FaultBoundaryState {
  readonly fault: Error | null;
  /** Components from the one that threw outwards. */
  readonly within: string;
}

const NO_FAULT: FaultBoundaryState = { fault: null, within: '' };

/** React has no hook for it: only a class can catch what its children throw (react.dev, Component). */
export class FaultBoundary extends Component<FaultBoundaryProps, FaultBoundaryState> {
  override readonly state: FaultBoundaryState = NO_FAULT;

  static getDerivedStateFromError(thrown: unknown): Partial<FaultBoundaryState> {
    return { fault: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override componentDidCatch(_thrown: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ within: componentStack ?? '' });
  }

  override componentDidUpdate(before: FaultBoundaryProps): void {
    if (before.of !== this.props.of && this.state.fault !== null) this.setState(NO_FAULT);
  }

  override render(): ReactNode {
    const { what, advice, children } = this.props;
    const { fault, within } = this.state;
    if (fault === null) return children;
    // Electron names its application's version there, too.
    const lines = [`${what} could not be shown.`, navigator.userAgent, fault.stack ?? fault.message, within.trim()];
    const report = lines.join('\n');
    return (
      <div className="centre">
        <div className="section">
          <FailureNote
            failure={{
              code: 'internal',
              message: `${what} could not be shown: ${fault.message}`,
              where: null,
              advice: `This is a bug in Coldcase: please report it. The case is as it was. ${advice}`,
            }}
            onRetry={() => this.setState(NO_FAULT)}
          />
        </div>
        <Section
          title="To report"
          says="Read it before it leaves this machine"
          tools={<CopyButton text={report} what="what to report" />}
        >
          <pre className="codeblock">{report}</pre>
        </Section>
      </div>
    );
  }
}
