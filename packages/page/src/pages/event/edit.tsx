import { useState } from 'react'
import { put } from '../../api/client.ts'
import type { Account } from '../../api/shapes.ts'
import { Act } from '../../parts/act.tsx'
import { Field } from '../../parts/field.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useAct } from '../../parts/use-act.ts'
import { Window } from '../../parts/window.tsx'
import { t } from '../../texts/index.ts'

/** A refused event as JSON, to be put right and sent. */
export function Edit({ account }: { readonly account: Account }) {
  const [isOpen, setIsOpen] = useState(false)
  if (account.state !== 'refused' || account.event === undefined || account.event === null) return null
  return (
    <>
      <Act onPress={() => setIsOpen(true)}>{t.event.edit}</Act>
      {isOpen && <EditWindow account={account} onClose={() => setIsOpen(false)} />}
    </>
  )
}

function EditWindow({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(account.event, null, 2))
  const [hasPassed, setHasPassed] = useState(false)
  const { run, isRunning, error } = useAct()
  const send = (dryRun: boolean): Promise<boolean> =>
    run(() => put(`/api/events/row/${account.row}`, { event: JSON.parse(text) as unknown, dryRun }))
  const keep = async (): Promise<void> => {
    if (await send(false)) onClose()
  }
  return (
    <Window title={t.event.edit} onClose={onClose}>
      <Field
        label={t.event.editHint}
        value={text}
        onChange={(value) => {
          setText(value)
          setHasPassed(false)
        }}
        isLong
      />
      {error !== undefined && <Problem what={t.event.edit} error={error} />}
      {hasPassed && <p className="delivered">● {t.event.passes}</p>}
      <div className="row">
        <Act onPress={() => void send(true).then(setHasPassed)} isDisabled={isRunning}>
          {t.event.check}
        </Act>
        <Act kind="main-act" onPress={() => void keep()} isDisabled={isRunning}>
          {t.event.save}
        </Act>
      </div>
    </Window>
  )
}
