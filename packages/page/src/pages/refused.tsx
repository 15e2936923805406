import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useRefused, useTasks } from '../api/queries.ts'
import type { RefusedGroup, Selection } from '../api/shapes.ts'
import { clock, count, moneys } from '../logic/format.ts'
import { Act } from '../parts/act.tsx'
import { Part } from '../parts/part.tsx'
import { State } from '../parts/state.tsx'
import { TaskList } from '../parts/tasks.tsx'
import { Time } from '../parts/time.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { ActWindow, type Verb } from './refused/act-window.tsx'

interface Wanted {
  readonly verb: Verb
  readonly group: RefusedGroup
}

/** Which mistakes, whose, how many, can they still be delivered; and one fix for all that match. */
export function RefusedPage() {
  const { asked, search } = useScope()
  const refused = useRefused(asked)
  const tasks = useTasks()
  const [wanted, setWanted] = useState<Wanted>()
  return (
    <>
      <h1>{t.pages.refused}</h1>
      {(tasks.data?.tasks ?? []).some(isRecent) && (
        <Part title={t.tasks.running} query={tasks}>
          {(answer) => <TaskList tasks={answer.tasks.filter(isRecent)} />}
        </Part>
      )}
      <Part title={t.pages.refused} query={refused} isTitleHidden>
        {({ groups }) => (
          <Groups
            groups={groups.filter((group) => fits(group, search))}
            onAct={(verb, group) => setWanted({ verb, group })}
          />
        )}
      </Part>
      {wanted !== undefined && (
        <ActWindow
          verb={wanted.verb}
          selection={selectionOf(wanted.group)}
          path={wanted.group.path}
          events={wanted.group.events}
          onClose={() => setWanted(undefined)}
        />
      )}
    </>
  )
}

const RECENT_MS = 10 * 60_000
const isRecent = ({ state, endedMs }: { readonly state: string; readonly endedMs: number | null }): boolean =>
  state === 'running' || Date.now() - (endedMs ?? 0) < RECENT_MS

/** The group that a cause of Today names. */
function fits(group: RefusedGroup, { code, source }: { readonly code?: string; readonly source?: string }): boolean {
  return (
    (code === undefined || group.code === code) &&
    (source === undefined || group.sources.some((one) => one.source === source))
  )
}

/** All of the group that had ended when it was shown. */
const selectionOf = ({ pixel, code }: RefusedGroup): Selection => ({ state: 'refused', pixel, code })

interface GroupsProps {
  readonly groups: readonly RefusedGroup[]
  readonly onAct: (verb: Verb, group: RefusedGroup) => void
}

function Groups({ groups, onAct }: GroupsProps) {
  if (groups.length === 0) return <p className="delivered">● {t.refused.none}</p>
  return (
    <ul className="list">
      {groups.map((group) => (
        <li key={`${group.pixel}:${group.code}:${group.path}`} className="stack">
          <Group group={group} onAct={(verb) => onAct(verb, group)} />
        </li>
      ))}
    </ul>
  )
}

function Group({ group, onAct }: { readonly group: RefusedGroup; readonly onAct: (verb: Verb) => void }) {
  const { scope } = useScope()
  const { pixel, code, path, sources, events, money, message, remedy, firstMs, lastMs, samples } = group
  return (
    <>
      <div className="row">
        <h2 className="grow">
          <State state="refused" word={count(events)} /> <code>{code}</code>{' '}
          {path !== null && <span className="muted">{t.refused.where(path)}</span>}
        </h2>
        {group.canFix && (
          <Act kind="main-act" onPress={() => onAct('fix')}>
            {t.refused.fix}
          </Act>
        )}
        <Act onPress={() => onAct('replay')}>{t.refused.replay}</Act>
        <Act kind="danger" onPress={() => onAct('discard')}>
          {t.refused.discard}
        </Act>
      </div>
      {message !== null && <p>{message}</p>}
      {remedy !== null && (
        <p className="muted">
          {t.refused.remedy}: {remedy}
        </p>
      )}
      <p className="small muted row">
        <span>{pixel}</span>
        <span>{sources.map(({ source }) => source).join(', ')}</span>
        {money.length > 0 && <span>{moneys(money)}</span>}
        <span>
          {t.refused.first} <Time ms={firstMs} />
        </span>
        <span>
          {t.refused.last} <Time ms={lastMs} />
        </span>
        {group.deliverableUntilMs !== null && <span>{t.refused.until(clock(group.deliverableUntilMs))}</span>}
      </p>
      <p className="row small">
        <span className="muted">{t.refused.samples}</span>
        {samples.map(({ row, id }) => (
          <Link key={row} to="/events/$row" params={{ row: String(row) }} search={scope}>
            {id ?? t.events.noId}
          </Link>
        ))}
        <Link to="/events" search={{ ...scope, pixel, state: 'refused', code }}>
          {t.refused.open}
        </Link>
      </p>
    </>
  )
}
