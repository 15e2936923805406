import { useState } from 'react'
import { Button, Input, Label, TextField } from 'react-aria-components'
import { timeOf } from '../logic/range.ts'
import { t } from '../texts/index.ts'
import { useScope } from './use-scope.ts'

/** From and until in the reader's zone; the fields are the browser's own. */
export function OwnRange() {
  const { scope, change } = useScope()
  const [from, setFrom] = useState(() => local(scope.from))
  const [until, setUntil] = useState(() => local(scope.until))
  const isRight = from !== '' && until !== '' && Date.parse(from) < Date.parse(until)
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault()
        if (isRight) change({ from: iso(from), until: iso(until), range: undefined })
      }}
    >
      <TextField value={from} onChange={setFrom}>
        <Label className="visually-hidden">{t.common.from}</Label>
        <Input className="input" type="datetime-local" />
      </TextField>
      <TextField value={until} onChange={setUntil}>
        <Label className="visually-hidden">{t.common.until}</Label>
        <Input className="input" type="datetime-local" />
      </TextField>
      <Button className="button" type="submit" isDisabled={!isRight}>
        {t.common.apply}
      </Button>
    </form>
  )
}

const MINUTE_MS = 60_000
const iso = (text: string): string => new Date(text).toISOString()

function local(text: string | undefined): string {
  const atMs = timeOf(text)
  if (atMs === undefined) return ''
  return new Date(atMs - new Date(atMs).getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
