import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Button } from 'react-aria-components'
import type { Bodies } from '../api/answers.ts'
import { addressOf, get, post, type Query } from '../api/client.ts'
import type { EventList, EventSummary } from '../api/shapes.ts'
import { looksLikeEmail, normalEmail, sha256 } from '../logic/digest.ts'
import { type EventFilter, FILTER_KEYS } from '../logic/filter.ts'
import { clock, count, moneys } from '../logic/format.ts'
import { Choice } from '../parts/choice.tsx'
import { Field } from '../parts/field.tsx'
import { Problem } from '../parts/problem.tsx'
import { type Column, Rows } from '../parts/rows.tsx'
import { State } from '../parts/state.tsx'
import { Time } from '../parts/time.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'

const PAGE = 200
const EVENT_STATES = ['queued', 'sending', 'held', 'delivered', 'refused', 'expired', 'discarded'] as const

/** Where is order 4711? All that match, with their true number. */
export function EventsPage() {
  const [email, setEmail] = useState<string>()
  const list = useEvents(email)
  const first = list.data?.pages[0]
  const events = useMemo(() => list.data?.pages.flatMap((page) => page.events) ?? [], [list.data])
  const isPartial = list.data?.pages.some(({ partial }) => partial === true) ?? false
  return (
    <>
      <h1>{t.pages.events}</h1>
      <section className="panel stack" aria-label={t.events.filters}>
        <SearchForm onEmail={setEmail} />
        <Chips isEmail={email !== undefined} onForget={() => setEmail(undefined)} />
      </section>
      <section className="panel stack" aria-label={t.pages.events} aria-busy={list.isPending}>
        {list.error !== null && (
          <Problem what={t.pages.events} error={list.error} onRetry={() => void list.refetch()} />
        )}
        {first !== undefined && <Summary list={first} isEmail={email !== undefined} />}
        {isPartial && <p className="muted small">{t.common.partial}</p>}
        {first !== undefined && events.length === 0 && <p className="muted">{t.events.none}</p>}
        {events.length > 0 && (
          <div className={list.isPlaceholderData ? 'stale' : undefined}>
            <Rows label={t.pages.events} items={events} keyOf={({ row }) => row} columns={COLUMNS} />
          </div>
        )}
        {list.hasNextPage && (
          <Button className="button" isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
            {t.common.loadMore}
          </Button>
        )}
      </section>
    </>
  )
}

function filterOf(search: EventFilter): Record<string, string> {
  const keys = [...FILTER_KEYS, 'suspect'] as const
  return Object.fromEntries(keys.flatMap((key) => (search[key] === undefined ? [] : [[key, search[key]]])))
}

function useEvents(email: string | undefined) {
  const { asked, search } = useScope()
  const query = { ...asked, ...filterOf(search), limit: PAGE }
  return useInfiniteQuery({
    queryKey: ['/api/events', query, email],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }): Promise<EventList> =>
      email === undefined
        ? get('/api/events', { ...query, cursor }, signal)
        : post('/api/events/search', {
            ...searchBody(query),
            identity: email,
            ...(cursor === undefined ? {} : { cursor }),
          }),
    getNextPageParam: ({ cursor }) => cursor ?? undefined,
    placeholderData: (before) => before,
  })
}

/** A body has numbers and leaves out what is not asked. */
function searchBody(query: Query): Omit<Bodies['POST /api/events/search'], 'identity'> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof searchBody
  >
}

function Summary({ list, isEmail }: { readonly list: EventList; readonly isEmail: boolean }) {
  const { asked, search } = useScope()
  const { total, forgottenBeforeMs, searched } = list
  const query = { ...asked, ...filterOf(search) }
  return (
    <div className="row">
      <p className="grow">
        {total !== null && (
          <b className="num">
            {total.atLeast ? t.events.more(count(total.events)) : t.events.total(count(total.events), total.events)}
          </b>
        )}{' '}
        {total !== null && total.money.length > 0 && <span className="muted num">{moneys(total.money)}</span>}
        {forgottenBeforeMs !== null && forgottenBeforeMs !== undefined && forgottenBeforeMs > asked.from && (
          <span className="muted"> {t.events.forgotten(clock(forgottenBeforeMs))}</span>
        )}
        {isEmail && (
          <span className="muted">
            {' '}
            {t.events.email} {searched !== undefined && t.events.bodies}
          </span>
        )}
      </p>
      {!isEmail && (
        <>
          <a className="button" href={addressOf('/api/events/export', { ...query, format: 'csv' })} download>
            {t.common.exportCsv}
          </a>
          <a className="button" href={addressOf('/api/events/export', { ...query, format: 'json' })} download>
            {t.common.exportJson}
          </a>
        </>
      )}
    </div>
  )
}

/** One field for an id, an order key or an email; an email is hashed here and never gets into the address. */
function SearchForm({ onEmail }: { readonly onEmail: (digest: string | undefined) => void }) {
  const { search, change } = useScope()
  const [text, setText] = useState(search.id ?? search.order ?? '')
  const [by, setBy] = useState(search.order === undefined ? 'id' : 'order')
  const find = async (): Promise<void> => {
    if (looksLikeEmail(text)) {
      change({ id: undefined, order: undefined })
      onEmail(await sha256(normalEmail(text)))
      setText('')
      return
    }
    onEmail(undefined)
    const value = text.trim() === '' ? undefined : text.trim()
    change(by === 'order' ? { order: value, id: undefined } : { id: value, order: undefined })
  }
  const kinds = [
    { id: 'id', text: t.events.id },
    { id: 'order', text: t.events.order },
  ]
  const states = [
    { id: '', text: t.events.all },
    ...EVENT_STATES.map((id) => ({ id: id as string, text: t.states[id]! })),
  ]
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        void find()
      }}
    >
      <div className="grow">
        <Field label={t.events.search} value={text} onChange={setText} autoComplete="off" />
      </div>
      <Choice label={t.events.search} items={kinds} value={by} onChange={setBy} />
      <Choice
        label={t.events.state}
        items={states}
        value={search.state ?? ''}
        onChange={(id) => change({ state: id === '' ? undefined : (id as EventFilter['state']) })}
      />
      <Button className="button main-act" type="submit">
        {t.events.find}
      </Button>
    </form>
  )
}

const NAMES = t.events as unknown as Readonly<Record<string, string>>

/** What narrows the list; each part can be taken out. */
function Chips({ isEmail, onForget }: { readonly isEmail: boolean; readonly onForget: () => void }) {
  const { search, change } = useScope()
  const parts = FILTER_KEYS.filter((key) => search[key] !== undefined)
  if (parts.length === 0 && !isEmail) return null
  return (
    <ul className="chips">
      {parts.map((key) => (
        <li key={key} className="chip">
          {NAMES[key] ?? key}: {search[key]}
          <Button onPress={() => change({ [key]: undefined })} aria-label={t.common.remove(NAMES[key] ?? key)}>
            ✕
          </Button>
        </li>
      ))}
      {isEmail && (
        <li className="chip">
          SHA-256
          <Button onPress={onForget} aria-label={t.common.remove('SHA-256')}>
            ✕
          </Button>
        </li>
      )}
    </ul>
  )
}

const COLUMNS: readonly Column<EventSummary>[] = [
  { title: t.events.columns.id, width: '2.2fr', cell: (event) => <EventLink event={event} /> },
  { title: t.events.columns.state, width: '1fr', cell: ({ state }) => <State state={state} /> },
  { title: t.events.columns.name, width: '1.4fr', isExtra: true, cell: ({ name }) => name },
  { title: t.events.columns.pixel, width: '1.2fr', isExtra: true, cell: ({ pixel }) => pixel },
  { title: t.events.columns.source, width: '1.2fr', isExtra: true, cell: ({ source }) => source },
  { title: t.events.columns.code, width: '1.4fr', isExtra: true, cell: ({ code }) => code ?? '' },
  {
    title: t.events.columns.accepted,
    width: '1.2fr',
    isRight: true,
    isExtra: true,
    cell: ({ acceptedMs }) => <Time ms={acceptedMs} isPrecise />,
  },
]

function EventLink({ event: { row, id } }: { readonly event: EventSummary }) {
  const { search } = useScope()
  return (
    <Link className="line-link" to="/events/$row" params={{ row: String(row) }} search={search}>
      <bdi>{id ?? t.events.noId}</bdi>
    </Link>
  )
}
