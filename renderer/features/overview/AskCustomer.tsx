import { AskCopyButtons, AskList } from '../../components/AskList.tsx';
import { Section } from '../../components/Section.tsx';
import type { CustomerAsk } from '../../model/types.ts';

/** Commands for the customer, in the order that settles most. */
export function AskCustomer({ asks }: { readonly asks: readonly CustomerAsk[] }) {
  return (
    <Section
      title="Ask the customer"
      says={asks.length === 0 ? 'nothing to ask: no open question needs the node' : 'in the order that settles most'}
      tools={<AskCopyButtons asks={asks} />}
    >
      <AskList asks={asks} />
    </Section>
  );
}
