import type { NewTask, Task, TaskState } from '../../task.ts'
import type { Database, Row } from '../database.ts'

export interface TaskStatements {
  readonly insert: (task: Omit<Task, 'id'>) => number
  readonly get: (id: number) => Task | undefined
  readonly running: () => Task[]
  /** Counts a step; nothing where it does not run any more. */
  readonly step: (id: number, done: number, passed: number, lastRow: number) => boolean
  readonly end: (id: number, state: TaskState, endedMs: number, message: string | undefined) => boolean
}

export function taskStatements(database: Database): TaskStatements {
  const insert = database.prepare(`
    INSERT INTO task (state, by, work, selection, rate, started_ms, events, done, passed, last_row)
    VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0) RETURNING id`)
  const get = database.prepare('SELECT * FROM task WHERE id = ?')
  const running = database.prepare("SELECT * FROM task WHERE state = 'running' ORDER BY id")
  const step = database.prepare(`
    UPDATE task SET done = done + ?2, passed = passed + ?3, last_row = ?4, events = max(events, done + passed + ?2 + ?3)
    WHERE id = ?1 AND state = 'running'`)
  const end = database.prepare(
    "UPDATE task SET state = ?2, ended_ms = ?3, message = ?4 WHERE id = ?1 AND state = 'running'",
  )
  return {
    insert: ({ state, by, work, selection, ratePerSecond, startedMs, events }) => {
      const texts = [JSON.stringify(work), JSON.stringify(selection)] as const
      return Number((insert.get(state, by, ...texts, ratePerSecond, startedMs, events) as Row)['id'])
    },
    get: (id) => {
      const row = get.get(id) as Row | undefined
      return row && taskOf(row)
    },
    running: () => (running.all() as Row[]).map(taskOf),
    step: (...values) => Number(step.run(...values).changes) > 0,
    end: (id, state, endedMs, message) => Number(end.run(id, state, endedMs, message ?? null).changes) > 0,
  }
}

export function taskOf(row: Row): Task {
  return {
    id: row['id'] as number,
    state: row['state'] as TaskState,
    by: row['by'] as string,
    work: JSON.parse(row['work'] as string) as NewTask['work'],
    selection: JSON.parse(row['selection'] as string) as NewTask['selection'],
    ratePerSecond: row['rate'] as number,
    startedMs: row['started_ms'] as number,
    endedMs: (row['ended_ms'] as number | null) ?? undefined,
    events: row['events'] as number,
    done: row['done'] as number,
    passed: row['passed'] as number,
    lastRow: row['last_row'] as number,
    message: (row['message'] as string | null) ?? undefined,
  }
}
