import { Copy } from 'lucide-react';
import { CopyButton } from '../../components/CopyButton.tsx';
import { useCopy } from '../../components/copy.ts';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { askMessage } from '../../model/derive.ts';
import type { CustomerAsk } from '../../model/types.ts';

/** Commands for the customer, in the order that settles most. */
export function AskCustomer({ asks }: { readonly asks: readonly CustomerAsk[] }) {
  const copy = useCopy();
  return (
    <section className="section" aria-label="Ask the customer">
      <div className="section__head">
        <h2>Ask the customer</h2>
        <span className="meta">
          {asks.length === 0 ? 'nothing to ask: no open question needs the node' : 'in the order that settles most'}
        </span>
        {asks.length === 0 ? null : (
          <button
            type="button"
            className="btn btn--s"
            onClick={() => copy(askMessage(asks), 'the message to the customer')}
          >
            <Copy className="icon" aria-hidden="true" />
            Copy all as message
          </button>
        )}
      </div>
      <ol>
        {asks.map((ask, index) => (
          <li key={`${ask.node} ${ask.command} ${ask.why}`} className="ask">
            <span>
              <SeverityMark mark="ask" /> {index + 1}. {ask.why}
              {ask.node === null ? null : <span className="mono meta"> {ask.node}</span>}
            </span>
            <span className="command">
              <code>{ask.command}</code>
              <CopyButton text={ask.command} what={`command ${index + 1}`} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
