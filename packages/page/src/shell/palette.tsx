import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Autocomplete, Dialog, Input, Menu, MenuItem, Modal, ModalOverlay, SearchField } from 'react-aria-components'
import { usePixels, useRefused } from '../api/queries.ts'
import { t } from '../texts/index.ts'
import { useLive } from './live.tsx'
import { pagesFor, titleOf } from './pages.ts'
import { useScope } from './use-scope.ts'

interface Found {
  readonly id: string
  readonly text: string
  readonly kind: string
  readonly go: () => void
}

const MOST = 12

/** Searches pages, pixels, codes and ids. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('')
  const found = useFound(text.trim())
  const take = ({ go }: Found): void => {
    onClose()
    go()
  }
  return (
    <ModalOverlay className="scrim" isOpen isDismissable onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className="dialog">
        <Dialog aria-label={t.common.search}>
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField autoFocus aria-label={t.common.searchHint}>
              <Input className="input" placeholder={t.common.searchHint} />
            </SearchField>
            <Menu
              className="menu"
              aria-label={t.common.search}
              items={found}
              renderEmptyState={() => <p className="muted item">{t.common.noMatch}</p>}
            >
              {(one) => (
                <MenuItem id={one.id} className="item" textValue={one.text} onAction={() => take(one)}>
                  <span>{one.text}</span>
                  <span className="muted small">{one.kind}</span>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function useFound(text: string): Found[] {
  const navigate = useNavigate()
  const { me } = useLive()
  const { scope, asked } = useScope()
  const pixels = usePixels().data?.pixels ?? []
  const groups = useRefused(asked).data?.groups ?? []
  const pages = pagesFor(me.sandbox).map(({ name, path }): Found => {
    return {
      id: `page:${name}`,
      text: titleOf(name),
      kind: t.common.menu,
      go: () => void navigate({ to: path, search: scope }),
    }
  })
  const ofPixels = pixels.map(({ pixel }): Found => {
    const go = (): void => void navigate({ to: '/', search: { ...scope, pixel } })
    return { id: `pixel:${pixel}`, text: pixel, kind: t.common.pixel, go }
  })
  const codes = [...new Set(groups.map(({ code }) => code))].map((code): Found => {
    const search = { ...scope, state: 'refused' as const, code }
    return { id: `code:${code}`, text: code, kind: t.events.code, go: () => void navigate({ to: '/events', search }) }
  })
  const wanted = text.toLowerCase()
  const matching = [...pages, ...ofPixels, ...codes].filter((one) => one.text.toLowerCase().includes(wanted))
  const toId = (): void => void navigate({ to: '/events', search: { ...scope, range: '28d', id: text } })
  const ids = text === '' ? [] : [{ id: 'id', text: t.common.searchEvents(text), kind: t.pages.events, go: toId }]
  return [...matching.slice(0, MOST), ...ids]
}
