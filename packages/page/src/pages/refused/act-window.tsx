import { useState } from 'react'
import { Button } from 'react-aria-components'
import { post } from '../../api/client.ts'
import type { Change, DryRun, Selection, TaskRequest } from '../../api/shapes.ts'
import { count } from '../../logic/format.ts'
import { Act } from '../../parts/act.tsx'
import { Field } from '../../parts/field.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useAct } from '../../parts/use-act.ts'
import { Window } from '../../parts/window.tsx'
import { t } from '../../texts/index.ts'
import { DryRunView } from './dry-run.tsx'

export type Verb = 'fix' | 'replay' | 'discard'

interface ActWindowProps {
  readonly verb: Verb
  readonly selection: Selection
  readonly path: string | null
  readonly events: number
  readonly onClose: () => void
}

const TITLES: Readonly<Record<Verb, string>> = {
  fix: t.refused.fix,
  replay: t.refused.replay,
  discard: t.refused.discard,
}
const RATE = '100'

/** One act on all that match: tried first, then started as a task with a pace. */
export function ActWindow({ verb, selection, path, events, onClose }: ActWindowProps) {
  const [draft, setDraft] = useState({ path: path ?? '', value: '', isUnset: false, reason: '', rate: RATE })
  const [tried, setTried] = useState<DryRun>()
  const { run, isRunning, error } = useAct()
  const request = requestOf(verb, selection, draft)
  const change = (parts: Partial<Draft>): void => {
    setDraft({ ...draft, ...parts })
    setTried(undefined)
  }
  const tryIt = (): Promise<boolean> =>
    run(async () => setTried(await post<DryRun>('/api/tasks', { ...request, dryRun: true })))
  const start = async (): Promise<void> => {
    if (await run(() => post('/api/tasks', request))) onClose()
  }
  const mustTry = verb === 'fix' && tried === undefined
  return (
    <Window title={TITLES[verb]} onClose={onClose}>
      <DraftFields verb={verb} draft={draft} onChange={change} />
      {error !== undefined && <Problem what={TITLES[verb]} error={error} />}
      {isRunning && <p role="status">{t.refused.trying}</p>}
      {tried !== undefined && <DryRunView answer={tried} />}
      <div className="row">
        {verb !== 'discard' && (
          <Act onPress={() => void tryIt()} isDisabled={isRunning || !isComplete(verb, draft)}>
            {t.refused.try}
          </Act>
        )}
        <Act
          kind={verb === 'discard' ? 'danger' : 'main-act'}
          onPress={() => void start()}
          isDisabled={isRunning || mustTry || !isComplete(verb, draft)}
        >
          {DO[verb](count(tried === undefined ? events : verb === 'fix' ? tried.wouldPass : tried.total))}
        </Act>
        <Button className="button plain" onPress={onClose}>
          {t.common.cancel}
        </Button>
      </div>
    </Window>
  )
}

const DO: Readonly<Record<Verb, (count: string) => string>> = {
  fix: t.refused.doFix,
  replay: t.refused.doReplay,
  discard: t.refused.doDiscard,
}

interface Draft {
  readonly path: string
  readonly value: string
  readonly isUnset: boolean
  readonly reason: string
  readonly rate: string
}

function isComplete(verb: Verb, { path, value, isUnset, reason }: Draft): boolean {
  if (verb === 'discard') return reason.trim() !== ''
  return verb === 'replay' || (path.trim() !== '' && (isUnset || value !== ''))
}

function requestOf(verb: Verb, selection: Selection, { path, value, isUnset, reason, rate }: Draft): TaskRequest {
  const change: Change = isUnset ? { path, unset: true } : { path, set: jsonOrText(value) }
  return {
    verb,
    selection,
    ...(verb === 'fix' ? { change: [change] } : {}),
    ...(verb === 'discard' ? { reason } : {}),
    ...(Number(rate) > 0 ? { ratePerSecond: Number(rate) } : {}),
  }
}

/** What reads as JSON is JSON; all else is a text. */
function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

interface DraftFieldsProps {
  readonly verb: Verb
  readonly draft: Draft
  readonly onChange: (parts: Partial<Draft>) => void
}

function DraftFields({ verb, draft, onChange }: DraftFieldsProps) {
  if (verb === 'discard') {
    return (
      <>
        <p className="muted">{t.refused.discardWhat}</p>
        <Field
          label={t.refused.reason}
          hint={t.refused.reasonHint}
          value={draft.reason}
          onChange={(reason) => onChange({ reason })}
        />
      </>
    )
  }
  return (
    <div className="form">
      {verb === 'fix' && (
        <>
          <Field label={t.refused.path} value={draft.path} onChange={(path) => onChange({ path })} />
          {!draft.isUnset && (
            <Field
              label={t.refused.value}
              hint={t.refused.valueHint}
              value={draft.value}
              onChange={(value) => onChange({ value })}
            />
          )}
          <label className="row">
            <input
              type="checkbox"
              checked={draft.isUnset}
              onChange={({ target }) => onChange({ isUnset: target.checked })}
            />
            {t.refused.unset}
          </label>
        </>
      )}
      <Field label={t.refused.rate} value={draft.rate} onChange={(rate) => onChange({ rate })} />
    </div>
  )
}
