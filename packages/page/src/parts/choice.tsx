import {
  Autocomplete,
  Button,
  Input,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField,
  Select,
  SelectValue,
  useFilter,
} from 'react-aria-components'
import { t } from '../texts/index.ts'

export interface ChoiceItem {
  readonly id: string
  readonly text: string
}

/** So many are still seen at a glance; beyond that there is a field to type in. */
const FEW = 12

interface ChoiceProps {
  readonly label: string
  readonly items: readonly ChoiceItem[]
  readonly value: string
  readonly onChange: (id: string) => void
}

/** One of several. */
export function Choice({ label, items, value, onChange }: ChoiceProps) {
  const { contains } = useFilter({ sensitivity: 'base' })
  return (
    <Select aria-label={label} value={value} onChange={(id) => onChange(String(id))}>
      <Button className="button choice">
        <SelectValue className="choice-value" /> <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        {items.length > FEW ? (
          <Autocomplete filter={contains}>
            <SearchField aria-label={t.common.search} autoFocus>
              <Input className="input" />
            </SearchField>
            <Items items={items} />
          </Autocomplete>
        ) : (
          <Items items={items} />
        )}
      </Popover>
    </Select>
  )
}

function Items({ items }: { readonly items: readonly ChoiceItem[] }) {
  return (
    <ListBox className="menu" items={items}>
      {(item) => (
        <ListBoxItem id={item.id} className="item" textValue={item.text}>
          {item.text}
        </ListBoxItem>
      )}
    </ListBox>
  )
}
