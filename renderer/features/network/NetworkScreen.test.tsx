import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../analyzer/core/failure.ts';
import { onPages, startApp } from '../../app/page.fixture.tsx';
import type { FakeBridge } from '../../bridge/fake/fake-bridge.ts';
import { AFFECTED, CASE_ID, HEALTHY } from '../../bridge/fake/fake-case.ts';
import { CHAIN, CHAINS, GRAPH, LOOKUP, NAMES, SERVICES, TRACE } from '../../bridge/fake/fake-network.ts';

async function openNetwork() {
  const { bridge, stores, user } = startApp({
    'network.services': () => ok(SERVICES),
    'network.graph': () => ok(GRAPH),
    'network.names': () => ok(NAMES),
    'network.trace': ({ to }) =>
      to === 'shop/wep'
        ? {
            ok: false,
            failure: {
              code: 'wrong-usage',
              message: 'no service is called so',
              where: to,
              advice: 'Did you mean web?',
            },
          }
        : ok(TRACE),
    'network.lookup': ({ address }) => ok({ ...LOOKUP, address }),
    'network.chains': () => ok(CHAINS),
    'network.chain': ({ chain }) => ok({ ...CHAIN, chain: CHAINS.find((one) => one.name === chain) ?? CHAIN.chain }),
  });
  await stores.session.getState().open(CASE_ID, 'one');
  await user.keyboard('{Alt>}[Digit4]{/Alt}');
  await screen.findByRole('grid', { name: 'Services' });
  return { bridge, stores, user };
}
const asked = (bridge: FakeBridge, method: string) =>
  bridge.asked.filter((one) => one.method === method).map((one) => one.input);
const inspector = () => within(screen.getByRole('complementary', { name: 'Inspector' }));
const view = (name: string) => within(screen.getByRole('navigation', { name: 'Network views' })).getByText(name);

onPages();

describe('services', () => {
  it('say the answer first, what is not known beside it, and why of the worst', async () => {
    await openNetwork();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('1 of 2 services is impaired on');
    expect(screen.getByText(/ip6tables-save was not collected/)).toBeDefined();
    expect(screen.getAllByText(/iptables mode: KUBE-SERVICES exists in the nat table\. Read from/)).toHaveLength(2);
    expect(inspector().getByRole('heading', { name: 'shop/web:http' })).toBeDefined();
    expect(inspector().getByText('KUBE-SERVICES holds no rule for it.')).toBeDefined();
    expect(inspector().getByText('share 1/3')).toBeDefined();
    expect(inspector().getByText('share 66.7 %')).toBeDefined();
    expect(screen.getAllByText(/, hits from/)[0]?.textContent).toMatch(/, hits from networking\/iptables-nat\.txt$/);
    expect(inspector().getByText(/hits at the cluster IP/).textContent).toBe(
      '18,342 hits at the cluster IP counted in iptables-nat.txt:12',
    );
    expect(inspector().getByText('ip-10-0-126-200')).toBeDefined();
  });

  it('are walked by keys, filtered, and found again as they were left', async () => {
    const { user, stores } = await openNetwork();
    await user.keyboard('jj');
    expect(inspector().getByRole('heading', { level: 2 }).textContent).toBe('shop/web:http');
    await user.type(screen.getByRole('textbox', { name: 'Filter services' }), 'kubernetes');
    expect(screen.getByText('1 shown of 3')).toBeDefined();
    await user.keyboard('{Alt>}[Digit3]{/Alt}');
    expect(stores.navigation.getState().route.screen).toBe('findings');
    await user.keyboard('{Alt>}[Digit4]{/Alt}');
    await screen.findByText('1 shown of 3');
    await user.click(screen.getByRole('button', { name: 'Ok, 2' }));
    await user.click(screen.getByRole('button', { name: 'Clear the filters' }));
    expect(screen.getByText('3 shown')).toBeDefined();
  });

  it('lead to their findings and to their rules', async () => {
    const { user, stores } = await openNetwork();
    await user.click(inspector().getByRole('link', { name: 'Open iptables-save.txt:117 in Files' }));
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '117', bundle: AFFECTED });
    stores.navigation.getState().go({ screen: 'network', params: {} });
    await screen.findByRole('grid', { name: 'Services' });
    await user.click(inspector().getByRole('button', { name: /nat KUBE-SERVICES is empty/ }));
    expect(stores.navigation.getState().route.screen).toBe('findings');
    expect(stores.screens.getState().findings.selected).toBe('f-empty');
  });

  it('of nodes out of scope are not counted', async () => {
    const { stores } = await openNetwork();
    stores.session.getState().toggleScope(HEALTHY);
    await screen.findByRole('heading', {
      level: 1,
      name: /1 of 2 services is impaired on ip-10-0-113-27: shop\/web/,
    });
  });
});

describe('graph', () => {
  it('is walked by arrows, opens lines, and says the same as a table', async () => {
    const { user, stores } = await openNetwork();
    await user.click(inspector().getByRole('button', { name: 'Show graph' }));
    const worst = await screen.findByRole('button', { name: /entry KUBE-SERVICES, 0 rules, worst finding critical/ });
    expect(worst.getAttribute('aria-pressed')).toBe('true');
    worst.focus();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement?.getAttribute('aria-label')).toContain('KUBE-SVC-67NZLRHBNDSAWJRO');
    await user.keyboard('{ArrowRight}{ArrowDown}');
    expect(document.activeElement?.getAttribute('aria-label')).toContain('10.0.99.250:8080');
    const table = within(screen.getByRole('table', { name: 'Boxes and lines of the graph' }));
    expect(table.getAllByRole('row')).toHaveLength(1 + GRAPH.nodes.length + GRAPH.edges.length);
    expect(table.getByText('no jump')).toBeDefined();
    expect(table.getByText('counted in').textContent).toBe('counted in iptables-nat.txt:12');
    screen.getByRole('button', { name: /^hook of the kernel PREROUTING/ }).focus();
    await user.keyboard('{Enter}');
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '101' });
  });

  it('is saved as a picture that needs nothing else', async () => {
    const { user, bridge } = await openNetwork();
    await user.click(inspector().getByRole('button', { name: 'Show graph' }));
    await user.click(await screen.findByRole('button', { name: 'Export picture' }));
    await waitFor(() => expect(bridge.saved).toHaveLength(1));
    const [saved] = bridge.saved;
    expect(saved?.fileName).toBe('shop-web-http-on-ip-10-0-113-27.svg');
    const file = new DOMParser().parseFromString(saved?.text ?? '', 'image/svg+xml');
    expect(file.querySelector('parsererror')).toBeNull();
    const picture = file.documentElement;
    expect([picture.tagName, picture.namespaceURI]).toEqual(['svg', 'http://www.w3.org/2000/svg']);
    for (const node of GRAPH.nodes) expect(picture.textContent).toContain(node.label);
    expect(picture.querySelector('title')?.textContent).toContain('shop/web:http on ip-10-0-113-27');
    expect(saved?.text).not.toMatch(/var\(|class=|tabindex|href|<script|role="button"/);
    const arrows = [...picture.querySelectorAll('[marker-end]')].map((line) => line.getAttribute('marker-end'));
    expect(new Set(arrows)).toEqual(new Set(['url(#arrow)']));
    expect(picture.querySelector('marker')?.id).toBe('arrow');
  });
});

describe('trace', () => {
  it('to a service starts from its row, and says the answer first', async () => {
    const { user, bridge, stores } = await openNetwork();
    await user.click(inspector().getByRole('button', { name: 'Trace to this service' }));
    await screen.findByRole('heading', {
      level: 1,
      name: 'Two of three connections reach an endpoint: 10.0.113.58:8080; one of three is dropped: no route to 10.0.99.250.',
    });
    // The button went with its tab.
    expect(document.activeElement?.tagName).toBe('MAIN');
    expect(asked(bridge, 'network.trace')).toEqual([
      expect.objectContaining({
        bundle: AFFECTED,
        from: 'node',
        to: 'shop/web:http',
        protocol: 'tcp',
        inInterface: null,
      }),
    ]);
    expect(screen.getByText('Whether the VPC routes 10.0.99.0/24.')).toBeDefined();
    expect(screen.getByText('There is no conntrack entry of this connection.')).toBeDefined();
    expect(screen.getByText(/Session affinity/)).toBeDefined();
    // The worst outcome is selected; its rules are below.
    const cards = within(screen.getByRole('list', { name: 'Outcomes' })).getAllByRole('button');
    expect(cards.map((card) => card.getAttribute('aria-pressed'))).toEqual(['true', 'false']);
    expect(cards[0]?.textContent).toContain('dropped1/3');
    const rules = within(screen.getByRole('region', { name: 'Rules met' }));
    expect(rules.getByText('not certain that it matches')).toBeDefined();
    expect(rules.getByText('counted in').textContent).toBe('counted in iptables-nat.txt:12');
    await user.click(rules.getByRole('link', { name: 'Open iptables-save.txt:101 in Files' }));
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '101' });
    // On the way back nothing is asked again.
    stores.navigation.getState().back();
    await screen.findByRole('list', { name: 'Outcomes' });
    expect(asked(bridge, 'network.trace')).toHaveLength(1);
    expect(inspector().getByRole('button', { name: 'node to shop/web:http, tcp' })).toBeDefined();
  });

  it('says what is wrong at its field', async () => {
    const { user, bridge } = await openNetwork();
    await user.click(view('Trace'));
    await user.selectOptions(await screen.findByRole('combobox', { name: 'On node' }), 'ip-10-0-113-27');
    await user.click(screen.getByRole('button', { name: 'Trace' }));
    expect(screen.getByRole('alert').textContent).toContain('The destination is missing');
    expect(asked(bridge, 'network.trace')).toEqual([]);
    const to = screen.getByRole('combobox', { name: 'To' });
    await user.type(to, 'shop/wep{Enter}');
    await screen.findByText('No service is called so.');
    expect(screen.getByRole('alert').textContent).toContain('Did you mean web?');
    expect(to.getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(to.getAttribute('aria-describedby') ?? '')?.textContent).toContain('No service');
  });

  it('offers senders with their interface, and sends what was chosen', async () => {
    const { user, bridge } = await openNetwork();
    await user.click(view('Trace'));
    await user.selectOptions(await screen.findByRole('combobox', { name: 'On node' }), 'ip-10-0-113-27');
    const from = screen.getByRole('combobox', { name: 'From' });
    await user.clear(from);
    await user.type(from, 'checkout');
    await user.click(await screen.findByRole('option', { name: /10\.0\.113\.72/ }));
    expect((from as HTMLInputElement).value).toBe('10.0.113.72');
    expect((screen.getByRole('textbox', { name: 'In-interface' }) as HTMLInputElement).value).toBe('eni7d1f0c2ab94');
    await user.type(screen.getByRole('combobox', { name: 'To' }), '172.20.0.1:443');
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Trace' }));
    await screen.findByRole('list', { name: 'Outcomes' });
    expect(asked(bridge, 'network.trace')).toEqual([
      expect.objectContaining({ from: '10.0.113.72', to: '172.20.0.1:443', inInterface: 'eni7d1f0c2ab94' }),
    ]);
  });
});

describe('lookup', () => {
  it('says by kind what names an address, with lines, and what was not captured', async () => {
    const { user, stores } = await openNetwork();
    await user.click(view('Lookup'));
    await user.type(screen.getByRole('textbox', { name: 'Who is' }), ' 10.0.113.58 {Enter}');
    await screen.findByRole('heading', { level: 1, name: '10.0.113.58 is named as endpoint and pod.' });
    expect(screen.getByText('conntrack was not collected.')).toBeDefined();
    const endpoint = within(screen.getByRole('region', { name: 'Endpoint' }));
    expect(endpoint.getAllByRole('listitem')).toHaveLength(2);
    expect(endpoint.getByText('and 2 more lines')).toBeDefined();
    await user.click(endpoint.getByRole('link', { name: 'Open iptables-save.txt:171 in Files' }));
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '171' });
    stores.navigation.getState().back();
    await screen.findByRole('heading', { level: 1, name: /is named as/ });
  });
});

describe('chains', () => {
  it('show the rules of one, and follow jumps and lines', async () => {
    const { user, stores, bridge } = await openNetwork();
    await user.click(view('Chains'));
    await screen.findByRole('grid', { name: 'Chains' });
    await user.type(screen.getByRole('textbox', { name: 'Filter chains' }), 'prer');
    expect(screen.getByText('1 chain of 3')).toBeDefined();
    await user.click(screen.getByText('PREROUTING'));
    const chain = within(await screen.findByRole('region', { name: 'Chain PREROUTING' }));
    expect(chain.getByText(/nat, 2 rules, policy ACCEPT/)).toBeDefined();
    expect(chain.getByText('1 jump here, from')).toBeDefined();
    await user.click(chain.getByRole('button', { name: 'KUBE-SERVICES' }));
    await screen.findByRole('region', { name: 'Chain KUBE-SERVICES' });
    expect(asked(bridge, 'network.chain')).toHaveLength(2);
    stores.navigation.getState().back();
    const again = within(await screen.findByRole('region', { name: 'Chain PREROUTING' }));
    again.getByRole('grid', { name: 'Rules' }).focus();
    await user.keyboard('{ArrowDown}{Enter}');
    expect(stores.navigation.getState().route.params).toMatchObject({ line: '102' });
    expect(asked(bridge, 'network.chain')).toHaveLength(2);
  });
});
