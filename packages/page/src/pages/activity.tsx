import { useState } from 'react'
import { post } from '../api/client.ts'
import { useActions, useMarks, useTasks } from '../api/queries.ts'
import type { Action, Mark } from '../api/shapes.ts'
import { count } from '../logic/format.ts'
import { Act } from '../parts/act.tsx'
import { Field } from '../parts/field.tsx'
import { Part } from '../parts/part.tsx'
import { TaskList } from '../parts/tasks.tsx'
import { Time } from '../parts/time.tsx'
import { useAct } from '../parts/use-act.ts'
import { useLive } from '../shell/live.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { Links } from './activity/links.tsx'

/** Who did what; what runs now, with cancel. */
export function ActivityPage() {
  const { asked } = useScope()
  const { canWrite } = useLive()
  const tasks = useTasks()
  const marks = useMarks(asked)
  const actions = useActions()
  return (
    <>
      <h1>{t.pages.activity}</h1>
      <Part title={t.tasks.running} query={tasks}>
        {(answer) => <TaskList tasks={answer.tasks} />}
      </Part>
      <div className="two">
        <Part title={t.activity.marks} query={marks}>
          {(answer) => <Marks marks={answer.marks} />}
        </Part>
        {canWrite && <Links />}
      </div>
      <Part title={t.activity.log} query={actions}>
        {(answer) => <Log actions={answer.actions} />}
      </Part>
    </>
  )
}

function Marks({ marks }: { readonly marks: readonly Mark[] }) {
  const { run, isRunning, error } = useAct()
  const { canWrite } = useLive()
  const [text, setText] = useState('')
  const add = async (): Promise<void> => {
    if (await run(() => post('/api/marks', { text: text.trim() }))) setText('')
  }
  return (
    <div className="stack">
      {canWrite && (
        <div className="form">
          <Field
            label={t.activity.addMark}
            hint={t.activity.markHint}
            value={text}
            onChange={setText}
            error={error?.message}
          />
          <Act onPress={() => void add()} isDisabled={isRunning || text.trim() === ''}>
            {t.activity.addMark}
          </Act>
        </div>
      )}
      <ul className="list">
        {marks.map(({ id, atMs, text: what, by }) => (
          <li key={id} className="row">
            <Time ms={atMs} />
            <span className="grow">{what}</span>
            <span className="muted small">{by}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Log({ actions }: { readonly actions: readonly Action[] }) {
  if (actions.length === 0) return <p className="muted">{t.activity.none}</p>
  return (
    <ol className="timeline">
      {actions.map(({ seq, atMs, by, verb, about }) => (
        <li key={seq}>
          <Time ms={atMs} isPrecise />
          <span>
            <b>{verb}</b> {told(about)} <span className="muted small">{by}</span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** What an act says of itself: how many, of what, and why; what is itself made of parts says little. */
function told(about: Action['about']): string {
  return Object.entries(about)
    .filter(([, value]) => ['string', 'number'].includes(typeof value) || Array.isArray(value))
    .map(([name, value]) => (typeof value === 'number' ? `${name} ${count(value)}` : String(value)))
    .join(' · ')
}
