/** A field with suggestions that takes any text. */
import { ChevronDown } from 'lucide-react';
import { Button, ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { sentenceCase } from '../../model/format.ts';
import type { Fault } from './trace-form.ts';

export interface Suggestion {
  readonly value: string;
  readonly detail: string;
}

/** What is wrong with a field, below it. */
export function FaultText({ id, fault }: { readonly id: string; readonly fault: Fault }) {
  return (
    <p id={id} className="trace-fault" role="alert">
      <b>{sentenceCase(fault.message)}.</b> {fault.advice}
    </p>
  );
}

export function Suggest({
  label,
  value,
  placeholder,
  items,
  faultId,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly items: readonly Suggestion[];
  /** Id of the text that says what is wrong; null when nothing is. */
  readonly faultId: string | null;
  readonly onChange: (value: string) => void;
}) {
  return (
    <ComboBox
      className="field suggest"
      allowsCustomValue
      allowsEmptyCollection={false}
      menuTrigger="input"
      inputValue={value}
      items={items.map((one) => ({ ...one, id: one.value }))}
      onInputChange={onChange}
      onSelectionChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      <Label>{label}</Label>
      <div className="suggest__box">
        <Input
          className="input mono"
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={faultId !== null}
          {...(faultId === null ? {} : { 'aria-describedby': faultId })}
        />
        <Button className="suggest__open">
          <ChevronDown className="icon" aria-hidden="true" />
        </Button>
      </div>
      <Popover className="popover suggest__list" placement="bottom start">
        <ListBox className="menu" items={items.map((one) => ({ ...one, id: one.value }))}>
          {(item: Suggestion) => (
            <ListBoxItem id={item.value} className="menu__item" textValue={item.value}>
              <span className="mono clip">{item.value}</span>
              <small>{item.detail}</small>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
