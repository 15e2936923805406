import { Link, useParams } from '@tanstack/react-router'
import { useEvent } from '../api/queries.ts'
import type { Account, Attempt, Passage } from '../api/shapes.ts'
import { clock, count, duration } from '../logic/format.ts'
import { Copy } from '../parts/copy.tsx'
import { Part } from '../parts/part.tsx'
import { State } from '../parts/state.tsx'
import { Time } from '../parts/time.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { Edit } from './event/edit.tsx'
import { Tree } from './event/tree.tsx'

/** One event: its life request by request, who sank the batch, and its body. */
export function EventPage() {
  const { row = '' } = useParams({ strict: false })
  const { search } = useScope()
  const event = useEvent(row)
  return (
    <>
      <p>
        <Link to="/events" search={search}>
          ‹ {t.event.back}
        </Link>
      </p>
      <h1>
        <bdi>{event.data?.account.id ?? `${t.pages.event} ${row}`}</bdi>
      </h1>
      <Part title={t.pages.event} query={event} isTitleHidden>
        {({ account }) => <Facts account={account} />}
      </Part>
      {event.data !== undefined && <Rest account={event.data.account} />}
    </>
  )
}

function Facts({ account }: { readonly account: Account }) {
  const { state, code, message, name, pixel, source, timestampMs, acceptedMs, tooOldAtMs } = account
  const isOpen = ['queued', 'sending', 'held', 'refused'].includes(state)
  return (
    <div className="stack">
      <p className="row">
        <State state={state} /> {code !== null && code !== undefined && <code>{code}</code>} {message}
      </p>
      {isOpen && tooOldAtMs !== null && tooOldAtMs !== undefined && (
        <p className="held">▲ {t.event.lost(clock(tooOldAtMs))}</p>
      )}
      <dl className="facts">
        <dt>{t.events.name}</dt>
        <dd>{name}</dd>
        <dt>{t.common.pixel}</dt>
        <dd>{pixel}</dd>
        <dt>{t.events.source}</dt>
        <dd>{source}</dd>
        <dt>{t.event.happened}</dt>
        <dd>
          <Time ms={timestampMs} isPrecise />
        </dd>
        <dt>{t.event.accepted}</dt>
        <dd>
          <Time ms={acceptedMs} isPrecise />
        </dd>
      </dl>
    </div>
  )
}

function Rest({ account }: { readonly account: Account }) {
  const { issues, masked, curl, testCase, pixelHalf } = account
  return (
    <>
      {issues.length > 0 && (
        <section className="panel stack">
          <h2>{t.event.issues}</h2>
          <ul className="stack">
            {issues.map(({ path, code, message, severity }) => (
              <li key={`${path}:${code}`}>
                <span className={severity === 'error' ? 'refused' : 'held'}>{severity === 'error' ? '■' : '▲'}</span>{' '}
                <code>{path}</code> {message} <span className="muted">({code})</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Life account={account} />
      <Tree attempts={account.requests} />
      <section className="panel stack">
        <div className="row">
          <h2 className="grow">{t.event.body}</h2>
          {curl !== null && curl !== undefined && <Copy text={curl}>{t.event.curl}</Copy>}
          {testCase !== null && testCase !== undefined && (
            <Copy text={JSON.stringify(testCase, null, 2)}>{t.event.testCase}</Copy>
          )}
          <Edit account={account} />
        </div>
        {masked === undefined || masked === null ? (
          <p className="muted">{t.event.bodyGone}</p>
        ) : (
          <pre>{JSON.stringify(masked, null, 2)}</pre>
        )}
      </section>
      {pixelHalf !== null && (
        <section className="panel stack">
          <h2>{t.event.pixelHalf}</h2>
          <pre>{pixelHalf}</pre>
        </section>
      )}
    </>
  )
}

type Moment = ({ readonly kind: 'attempt' } & Attempt) | ({ readonly kind: 'passage' } & Passage)

function Life({ account: { requests, history, acceptedMs, endedMs, state } }: { readonly account: Account }) {
  const moments: readonly Moment[] = [
    ...requests.map((attempt) => ({ kind: 'attempt', ...attempt }) as const),
    ...history.map((passage) => ({ kind: 'passage', ...passage }) as const),
  ].sort((left, right) => left.atMs - right.atMs)
  return (
    <section className="panel">
      <h2>{t.event.life}</h2>
      <ol className="timeline">
        <li>
          <Time ms={acceptedMs} isPrecise />
          <State state="accepted" />
        </li>
        {moments.map((moment, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two moments may be alike in all they say.
          <li key={`${moment.kind}:${moment.atMs}:${at}`}>
            <Time ms={moment.atMs} isPrecise />
            {moment.kind === 'attempt' ? <AttemptLine attempt={moment} /> : <PassageLine passage={moment} />}
          </li>
        ))}
        {endedMs !== undefined && endedMs !== null && (
          <li>
            <Time ms={endedMs} isPrecise />
            <State state={state} />
          </li>
        )}
      </ol>
    </section>
  )
}

function AttemptLine({
  attempt: { status, verdict, code, message, durationMs, events, validateOnly, requestId },
}: {
  readonly attempt: Attempt
}) {
  return (
    <span>
      {status ?? '–'} {verdict} {code !== null && code !== undefined && <code>{code}</code>} {message}{' '}
      <span className="muted small">
        {[
          validateOnly ? t.requests.preflight : '',
          events === undefined ? '' : t.event.batch(count(events)),
          duration(durationMs),
          requestId ?? '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
    </span>
  )
}

function PassageLine({ passage: { what, code, message, by } }: { readonly passage: Passage }) {
  return (
    <span>
      {t.states[what] ?? what} {code !== null && code !== undefined && <code>{code}</code>} {message}{' '}
      {by !== null && by !== undefined && <span className="muted small">{by}</span>}
    </span>
  )
}
