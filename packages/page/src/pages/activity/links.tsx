import { useState } from 'react'
import { post } from '../../api/client.ts'
import { useLinks } from '../../api/queries.ts'
import type { Link } from '../../api/shapes.ts'
import { clock } from '../../logic/format.ts'
import { Act } from '../../parts/act.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Field } from '../../parts/field.tsx'
import { Part } from '../../parts/part.tsx'
import { useAct } from '../../parts/use-act.ts'
import { t } from '../../texts/index.ts'

const DAYS = '30'

/** Links for readers of some pixels: made, listed and withdrawn. */
export function Links() {
  const links = useLinks(true)
  return (
    <Part title={t.activity.links} query={links}>
      {(answer) => (
        <div className="stack">
          <NewLink />
          {answer.links.length === 0 && <p className="muted">{t.activity.noLinks}</p>}
          <ul className="list">
            {answer.links.map((link) => (
              <LinkLine key={link.id} link={link} />
            ))}
          </ul>
        </div>
      )}
    </Part>
  )
}

function NewLink() {
  const { run, isRunning, error } = useAct()
  const [draft, setDraft] = useState({ pixels: '', days: DAYS, name: '' })
  const [url, setUrl] = useState<string>()
  const pixels = draft.pixels
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const make = (): Promise<boolean> =>
    run(async () => {
      const name = draft.name.trim()
      const body = { pixels, days: Number(draft.days), ...(name === '' ? {} : { name }) }
      setUrl((await post<{ url: string }>('/api/links', body)).url)
    })
  return (
    <div className="stack">
      <div className="form">
        <Field
          label={t.activity.linkPixels}
          value={draft.pixels}
          onChange={(value) => setDraft({ ...draft, pixels: value })}
          error={error?.message}
        />
        <Field label={t.activity.linkName} value={draft.name} onChange={(name) => setDraft({ ...draft, name })} />
        <Field label={t.activity.linkDays} value={draft.days} onChange={(days) => setDraft({ ...draft, days })} />
        <Act onPress={() => void make()} isDisabled={isRunning || pixels.length === 0 || !(Number(draft.days) > 0)}>
          {t.activity.addLink}
        </Act>
      </div>
      {url !== undefined && (
        <div className="notice amber">
          <span>{t.activity.linkOnce}</span>
          <code className="grow">{url}</code>
          <Copy text={url} />
        </div>
      )}
    </div>
  )
}

function LinkLine({ link: { id, name, pixels, by, expiresMs, withdrawnMs } }: { readonly link: Link }) {
  const { run, isRunning } = useAct()
  const isOver = withdrawnMs !== null || expiresMs < Date.now()
  const who = name ?? id
  return (
    <li className="row">
      <span className="grow">
        {who} <span className="muted small">{pixels.join(', ')}</span>
      </span>
      <span className="muted small">
        {by} · {withdrawnMs === null ? t.activity.ends(clock(expiresMs)) : t.activity.withdrawn}
      </span>
      {!isOver && (
        <Act
          onPress={() => void run(() => post(`/api/links/${encodeURIComponent(id)}/withdraw`))}
          isDisabled={isRunning}
          label={`${t.activity.withdraw}: ${who}`}
        >
          {t.activity.withdraw}
        </Act>
      )}
    </li>
  )
}
