/** Commands for the customer, each with what it settles; all of them copied by one button. */
import { Copy, MessageSquareText } from 'lucide-react';
import { askCommands, askMessage } from '../model/derive.ts';
import { counted } from '../model/format.ts';
import type { CustomerAsk } from '../model/types.ts';
import { CopyButton } from './CopyButton.tsx';
import { useCopy } from './copy.ts';
import { Prose } from './Prose.tsx';
import { SeverityMark } from './SeverityMark.tsx';

export function AskCopyButtons({
  asks,
  which = 'both',
}: {
  readonly asks: readonly CustomerAsk[];
  readonly which?: 'both' | 'commands';
}) {
  const copy = useCopy();
  if (asks.length === 0) return null;
  const commands = askCommands(asks);
  return (
    <>
      <button
        type="button"
        className="btn btn--s"
        title="The commands alone, a line each"
        onClick={() => copy(commands, counted(commands.split('\n').length, 'command'))}
      >
        <Copy className="icon" aria-hidden="true" />
        Copy all commands
      </button>
      {which === 'commands' ? null : (
        <button
          type="button"
          className="btn btn--s"
          title="Each command with why it is asked"
          onClick={() => copy(askMessage(asks), 'the message to the customer')}
        >
          <MessageSquareText className="icon" aria-hidden="true" />
          Copy as message
        </button>
      )}
    </>
  );
}

/** `narrow` sets each reason above its command. */
export function AskList({
  asks,
  width = 'wide',
}: {
  readonly asks: readonly CustomerAsk[];
  readonly width?: 'wide' | 'narrow';
}) {
  return (
    <ol>
      {asks.map((ask, index) => (
        <li key={`${ask.node} ${ask.command} ${ask.why}`} className={width === 'wide' ? 'ask' : 'ask ask--narrow'}>
          <span>
            <SeverityMark mark="ask" /> {index + 1}. <Prose text={ask.why} />
            {ask.node === null ? null : <span className="mono meta"> {ask.node}</span>}
          </span>
          <span className="command">
            <code>{ask.command}</code>
            <CopyButton text={ask.command} what={`command ${index + 1}`} />
          </span>
        </li>
      ))}
    </ol>
  );
}
