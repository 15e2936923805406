import { useState } from 'react'
import { post } from '../api/client.ts'
import { useSandbox } from '../api/queries.ts'
import type { Sandbox } from '../api/shapes.ts'
import { count } from '../logic/format.ts'
import { Act } from '../parts/act.tsx'
import { Field } from '../parts/field.tsx'
import { Part } from '../parts/part.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAct } from '../parts/use-act.ts'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'

/** Where the endpoint is the emulator: send, edit, break and watch. */
export function SandboxPage() {
  const { scope } = useScope()
  const sandbox = useSandbox(scope.pixel)
  return (
    <>
      <h1>{t.pages.sandbox}</h1>
      <p className="muted">{t.sandbox.title}</p>
      <Part title={t.pages.sandbox} query={sandbox} isTitleHidden>
        {(answer) => (
          <div className="two">
            <Sender pixel={scope.pixel ?? answer.pixels[0] ?? ''} />
            <Breaker key={JSON.stringify([answer.faults, answer.poison, answer.latencyMs])} sandbox={answer} />
          </div>
        )}
      </Part>
      <Part title={t.sandbox.last} query={sandbox}>
        {(answer) => <Last sandbox={answer} />}
      </Part>
    </>
  )
}

function sample(): string {
  const event = {
    id: `order_${Date.now() % 1_000_000}`,
    type: 'order_created',
    timestamp_ms: Date.now(),
    action_source: 'web',
    source_url: 'https://shop.example/thanks',
    data: { type: 'contents', amount: 2_599, currency: 'USD' },
  }
  return JSON.stringify(event, null, 2)
}

function Sender({ pixel }: { readonly pixel: string }) {
  const { run, isRunning, error } = useAct()
  const [text, setText] = useState(sample)
  const [result, setResult] = useState<unknown>()
  const send = (): Promise<boolean> =>
    run(async () => setResult(await post('/api/sandbox/send', { pixel, event: JSON.parse(text) as unknown })))
  return (
    <div className="stack">
      <Field label={t.sandbox.event} value={text} onChange={setText} isLong />
      <div className="row">
        <Act kind="main-act" onPress={() => void send()} isDisabled={isRunning || pixel === ''}>
          {t.sandbox.send}
        </Act>
        <Act onPress={() => setText(sample())}>{t.sandbox.sample}</Act>
      </div>
      {error !== undefined && <Problem what={t.sandbox.send} error={error} />}
      {result !== undefined && (
        <>
          <h3>{t.sandbox.result}</h3>
          <pre role="status">{JSON.stringify(result, null, 2)}</pre>
        </>
      )}
    </div>
  )
}

function Breaker({ sandbox: { faults, poison, latencyMs, pixels } }: { readonly sandbox: Sandbox }) {
  const { run, isRunning, error } = useAct()
  const [draft, setDraft] = useState({
    faults: JSON.stringify(faults),
    poison: poison ?? '',
    latency: String(latencyMs),
  })
  const set = (): Promise<boolean> =>
    run(() => {
      const parts = {
        faults: JSON.parse(draft.faults || '{}') as unknown,
        poison: draft.poison === '' ? null : draft.poison,
      }
      return post('/api/sandbox/behave', { pixel: pixels[0], ...parts, latencyMs: Number(draft.latency) })
    })
  return (
    <div className="stack">
      <h2>{t.sandbox.break}</h2>
      <Field
        label={t.sandbox.faults}
        value={draft.faults}
        onChange={(value) => setDraft({ ...draft, faults: value })}
      />
      <Field
        label={t.sandbox.poison}
        value={draft.poison}
        onChange={(value) => setDraft({ ...draft, poison: value })}
      />
      <Field
        label={t.sandbox.latency}
        value={draft.latency}
        onChange={(value) => setDraft({ ...draft, latency: value })}
      />
      <div className="row">
        <Act onPress={() => void set()} isDisabled={isRunning}>
          {t.sandbox.set}
        </Act>
      </div>
      {error !== undefined && <Problem what={t.sandbox.break} error={error} />}
    </div>
  )
}

function Last({ sandbox: { last, stored } }: { readonly sandbox: Sandbox }) {
  return (
    <div className="stack">
      <p className="muted">{t.sandbox.stored(count(stored))}</p>
      <ul className="list">
        {last.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the emulator stores the same id as often as it comes.
          <li key={at}>
            <pre>{JSON.stringify(one, null, 2)}</pre>
          </li>
        ))}
      </ul>
    </div>
  )
}
