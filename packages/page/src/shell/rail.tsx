import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { t } from '../texts/index.ts'
import { Icon } from './icons.tsx'
import { useLive } from './live.tsx'
import { type PageEntry, pagesFor, titleOf } from './pages.ts'
import { useScope } from './use-scope.ts'

/** The pages: a rail from 900 px on, on a phone a bar of four and “more”. */
export function Rail() {
  const { me } = useLive()
  const pages = pagesFor(me.sandbox)
  return (
    <nav className="rail" aria-label={t.common.menu}>
      <div className="brand">Waybill</div>
      <ul>
        {pages.map((page) => (
          <li key={page.name} className={page.isNear ? undefined : 'far'}>
            <RailLink page={page} />
          </li>
        ))}
        <li className="near">
          <MoreMenu pages={pages.filter(({ isNear }) => !isNear)} />
        </li>
      </ul>
    </nav>
  )
}

function RailLink({ page }: { readonly page: PageEntry }) {
  const { scope } = useScope()
  return (
    <Link
      to={page.path}
      search={scope}
      data-key={`g ${page.key}`}
      aria-keyshortcuts={`g ${page.key}`}
      activeOptions={{ exact: page.path === '/', includeSearch: false }}
    >
      <Icon name={page.name} />
      <span>{titleOf(page.name)}</span>
    </Link>
  )
}

function MoreMenu({ pages }: { readonly pages: readonly PageEntry[] }) {
  const navigate = useNavigate()
  const { scope } = useScope()
  return (
    <MenuTrigger>
      <Button className="more">
        <Icon name="more" />
        <span>{t.common.more}</span>
      </Button>
      <Popover className="popover">
        <Menu className="menu" aria-label={t.common.more}>
          {pages.map(({ name, path }) => (
            <MenuItem key={name} className="item" onAction={() => void navigate({ to: path, search: scope })}>
              {titleOf(name)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
