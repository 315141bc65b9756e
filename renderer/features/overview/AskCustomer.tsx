import { AskCopyButtons, AskList } from '../../components/AskList.tsx';
import type { CustomerAsk } from '../../model/types.ts';

/** Commands for the customer, in the order that settles most. */
export function AskCustomer({ asks }: { readonly asks: readonly CustomerAsk[] }) {
  return (
    <section className="section" aria-label="Ask the customer">
      <div className="section__head">
        <h2>Ask the customer</h2>
        <span className="meta">
          {asks.length === 0 ? 'nothing to ask: no open question needs the node' : 'in the order that settles most'}
        </span>
        <AskCopyButtons asks={asks} />
      </div>
      <AskList asks={asks} />
    </section>
  );
}
