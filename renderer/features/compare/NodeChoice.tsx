/** Which nodes are compared, which of them are affected, and which view of the answer is shown. */
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { SeverityMark } from '../../components/SeverityMark.tsx';
import { nodeMark } from '../../model/derive.ts';
import { counted } from '../../model/format.ts';
import { nodeNames } from '../../model/node-names.ts';
import type { Bundle, BundleId } from '../../model/types.ts';
import type { ComparePlace } from '../../stores/compare-route.ts';
import { useSession } from '../../stores/stores.tsx';
import { COMPARED_MAX } from './sections.ts';

function Chosen({
  bundles,
  compared,
  onChange,
}: {
  readonly bundles: readonly Bundle[];
  readonly compared: readonly Bundle[];
  readonly onChange: (chosen: readonly BundleId[]) => void;
}) {
  const labels = nodeNames(bundles).short;
  const chosen = compared.map(({ id }) => id);
  const isFull = chosen.length >= COMPARED_MAX;
  return (
    <MenuTrigger>
      <Button className="btn btn--s">
        {compared.length} of {counted(bundles.length, 'bundle')}
        <ChevronDown className="icon" aria-hidden="true" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={`Bundles to compare: 2 to ${COMPARED_MAX}`}
          selectionMode="multiple"
          selectedKeys={chosen}
          disabledKeys={bundles.map(({ id }) => id).filter((id) => (chosen.includes(id) ? chosen.length <= 2 : isFull))}
          onSelectionChange={(keys) => {
            if (keys !== 'all') onChange(bundles.map(({ id }) => id).filter((id) => keys.has(id)));
          }}
        >
          {bundles.map((bundle) => (
            <MenuItem key={bundle.id} id={bundle.id} className="menu__item" textValue={labels.get(bundle.id) ?? ''}>
              {({ isSelected }) => (
                <>
                  <span className="menu__check" aria-hidden="true">
                    {isSelected ? '✓' : ''}
                  </span>
                  <span className="clip mono">{labels.get(bundle.id)}</span>
                  {bundle.markedHealthy ? <small>healthy</small> : null}
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

const TABS = [
  { tab: 'meaning', name: 'Meaning' },
  { tab: 'text', name: 'Text' },
] as const;

export function NodeChoice({
  bundles,
  compared,
  place,
  onPlace,
  children,
}: {
  /** Of the case. */
  readonly bundles: readonly Bundle[];
  readonly compared: readonly Bundle[];
  readonly place: ComparePlace;
  /** `jump`: another view, to which Back leads; `change`: the same view of other nodes. */
  readonly onPlace: (part: Partial<ComparePlace>, how: 'jump' | 'change') => void;
  /** What else can be done with the answer. */
  readonly children: ReactNode;
}) {
  const analysis = useSession((state) => state.analysis);
  const { whole, short, prefix, rest } = nodeNames(compared);
  const affected = new Set(place.affected);
  const toggle = (id: BundleId) => {
    const next = new Set(affected);
    if (!next.delete(id)) next.add(id);
    onPlace({ affected: compared.map((one) => one.id).filter((one) => next.has(one)) }, 'change');
  };
  return (
    <div className="pane-head compare__head">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row */}
      <div className="compare__nodes" role="group" aria-label="Affected nodes">
        {prefix === '' ? null : <span className="scope__prefix">{prefix}</span>}
        {compared.map((bundle) => {
          const { mark, says } = nodeMark(bundle, analysis);
          const label = short.get(bundle.id) ?? '';
          const isAffected = affected.has(bundle.id);
          const part = isAffected ? 'affected' : bundle.markedHealthy ? 'healthy' : null;
          return (
            <button
              key={bundle.id}
              type="button"
              className={`compare__node${part === null ? '' : ` compare__node--${part}`}`}
              aria-pressed={isAffected}
              aria-label={`${label} is affected`}
              title={`${whole.get(bundle.id) ?? ''}: ${says}. ${isAffected ? 'Held against the others as affected' : 'Click: it is affected, and held against the others'}`}
              onClick={() => toggle(bundle.id)}
            >
              <SeverityMark mark={mark} label={null} />
              <span className="clip mono">{rest.get(bundle.id)}</span>
              {part}
            </button>
          );
        })}
        <Chosen
          bundles={bundles}
          compared={compared}
          onChange={(chosen) =>
            onPlace(
              { bundles: chosen, affected: place.affected.filter((id) => chosen.includes(id)), pair: null },
              'change',
            )
          }
        />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row */}
      <span className="toggles" role="group" aria-label="View">
        {TABS.map(({ tab, name }) => (
          <button key={tab} type="button" aria-pressed={place.tab === tab} onClick={() => onPlace({ tab }, 'jump')}>
            {name}
          </button>
        ))}
      </span>
      {children}
    </div>
  );
}
