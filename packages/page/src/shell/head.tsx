import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { post } from '../api/client.ts'
import { count } from '../logic/format.ts'
import { RANGES } from '../logic/range.ts'
import { Choice } from '../parts/choice.tsx'
import { t } from '../texts/index.ts'
import { useLive } from './live.tsx'
import { OwnRange } from './own-range.tsx'
import { PixelChoice } from './pixel-choice.tsx'
import { useScope } from './use-scope.ts'

/** The line of truth, pixel, range, search and who reads. */
export function Head({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <header className="head">
      <Truth />
      <div className="grow" />
      <PixelChoice />
      <RangeChoice />
      <Button className="button" onPress={onSearch}>
        {t.common.search} <span className="muted small wide">{t.common.searchKey}</span>
      </Button>
      <WhoMenu />
    </header>
  )
}

function Truth() {
  const { tick } = useLive()
  const unaccounted = tick?.counts.unaccounted
  const isWell = unaccounted === 0 || unaccounted === undefined
  const why = isWell ? t.today.unaccountedWell : t.today.unaccountedBad
  return (
    <span className={`state num ${isWell ? 'delivered' : 'refused'}`} title={why}>
      {isWell ? '●' : '■'} {t.today.unaccounted} {unaccounted === undefined ? '…' : count(unaccounted)}
    </span>
  )
}

function RangeChoice() {
  const { scope, change } = useScope()
  const isOwn = scope.from !== undefined
  const items = [
    ...RANGES.map((id) => ({ id: id as string, text: t.ranges[id]! })),
    { id: 'own', text: t.common.ownRange },
  ]
  return (
    <>
      <Choice
        label={t.common.range}
        items={items}
        value={isOwn ? 'own' : (scope.range ?? 'today')}
        onChange={(id) =>
          id === 'own' ? change(ownNow()) : change({ range: id as never, from: undefined, until: undefined })
        }
      />
      {isOwn && <OwnRange key={`${scope.from}:${scope.until}`} />}
    </>
  )
}

/** An own range begins as the day until now. */
function ownNow(): { from: string; until: string; range: undefined } {
  const midnight = new Date().setHours(0, 0, 0, 0)
  return { from: new Date(midnight).toISOString(), until: new Date().toISOString(), range: undefined }
}

function WhoMenu() {
  const { me } = useLive()
  const role = me.role === 'operator' ? t.common.operator : t.common.reader
  if (me.by !== 'session' && me.by !== 'link') return null
  const logOut = async (): Promise<void> => {
    await post('/logout').catch(() => {})
    location.assign('/')
  }
  return (
    <MenuTrigger>
      <Button className="button plain">{t.common.who(me.who, role)}</Button>
      <Popover className="popover">
        <Menu className="menu" aria-label={t.common.actions}>
          <MenuItem className="item" onAction={() => void logOut()}>
            {t.common.logOut}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
