import { post } from '../api/client.ts'
import type { Task } from '../api/shapes.ts'
import { count } from '../logic/format.ts'
import { t } from '../texts/index.ts'
import { Act } from './act.tsx'
import { Time } from './time.tsx'
import { useAct } from './use-act.ts'

/** Replays, fixes and discards with their progress; what runs can be cancelled, a fix that waits taken back. */
export function TaskList({ tasks }: { readonly tasks: readonly Task[] }) {
  if (tasks.length === 0) return <p className="muted">{t.tasks.none}</p>
  return (
    <ul className="list">
      {tasks.map((task) => (
        <li key={task.id} className="stack">
          <TaskView task={task} />
        </li>
      ))}
    </ul>
  )
}

function TaskView({ task }: { readonly task: Task }) {
  const { run, isRunning, error } = useAct()
  const { id, verb, state, done, total, by, createdMs } = task
  const name = t.tasks.verbs[verb] ?? verb
  const cancel = (): Promise<boolean> => run(() => post(`/api/tasks/${id}/cancel`))
  const takeBack = (): Promise<boolean> => run(() => post(`/api/tasks/${id}/take-back`))
  return (
    <>
      <div className="row">
        <b>{name}</b>
        <span>{t.tasks.states[state] ?? state}</span>
        <span className="grow num">{t.tasks.progress(count(done), count(total))}</span>
        {task.canCancel && (
          <Act onPress={() => void cancel()} isDisabled={isRunning} label={`${t.tasks.cancel}: ${name} ${id}`}>
            {t.tasks.cancel}
          </Act>
        )}
        {task.canTakeBack && (
          <Act onPress={() => void takeBack()} isDisabled={isRunning} label={`${t.tasks.takeBack}: ${name} ${id}`}>
            {t.tasks.takeBack}
          </Act>
        )}
      </div>
      <div
        className="meter"
        role="progressbar"
        aria-label={name}
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={Math.max(total, 1)}
      >
        <div style={{ width: `${total === 0 ? 100 : Math.min(100, (done / total) * 100)}%` }} />
      </div>
      <p className="small muted row">
        {task.notPassed > 0 && <span className="refused">■ {t.tasks.notPassed(count(task.notPassed))}</span>}
        <span>{by}</span>
        <Time ms={createdMs} />
        {(task.error ?? error?.message) !== undefined && task.error !== null && (
          <span className="refused">{task.error}</span>
        )}
        {error !== undefined && <span className="refused">{error.message}</span>}
      </p>
    </>
  )
}
