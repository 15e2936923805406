import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from 'react-aria-components'
import { post } from '../api/client.ts'
import { usePixels } from '../api/queries.ts'
import type { PixelView } from '../api/shapes.ts'
import { clock, count, decimal } from '../logic/format.ts'
import { Act } from '../parts/act.tsx'
import { Field } from '../parts/field.tsx'
import { Part } from '../parts/part.tsx'
import { Problem } from '../parts/problem.tsx'
import { Spark } from '../parts/spark.tsx'
import { State } from '../parts/state.tsx'
import { Time } from '../parts/time.tsx'
import { useAct } from '../parts/use-act.ts'
import { Window } from '../parts/window.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { NewPixel } from './pixels/new-pixel.tsx'

const FEW = 8

/** Which of 300 needs me? What loses first is on top; the fine ones are folded. */
export function PixelsPage() {
  const { scope } = useScope()
  const pixels = usePixels()
  const [isAdding, setIsAdding] = useState(false)
  return (
    <>
      <div className="row">
        <h1 className="grow">{t.pages.pixels}</h1>
        <Act onPress={() => setIsAdding(true)}>{t.pixels.add}</Act>
      </div>
      <Part title={t.pages.pixels} query={pixels} isTitleHidden>
        {(answer) => (
          <Sorted pixels={answer.pixels.filter(({ pixel }) => scope.pixel === undefined || pixel === scope.pixel)} />
        )}
      </Part>
      {isAdding && <NewPixel onClose={() => setIsAdding(false)} />}
    </>
  )
}

function Sorted({ pixels }: { readonly pixels: readonly PixelView[] }) {
  const withProblem = pixels.filter(({ problem }) => problem !== null)
  const fine = pixels.filter(({ problem }) => problem === null)
  const [isOpen, setIsOpen] = useState(false)
  const isShown = isOpen || fine.length <= FEW
  if (pixels.length === 0) return <p className="muted">{t.pixels.none}</p>
  return (
    <div className="stack">
      {withProblem.length > 0 && (
        <h2 className="held">▲ {t.pixels.problems(withProblem.length, count(withProblem.length))}</h2>
      )}
      <ul className="list">
        {withProblem.map((pixel) => (
          <PixelLine key={pixel.pixel} pixel={pixel} />
        ))}
      </ul>
      {fine.length > 0 && (
        <div className="row">
          <h2 className="delivered grow">● {t.pixels.fine(count(fine.length))}</h2>
          {fine.length > FEW && (
            <Button className="button" onPress={() => setIsOpen(!isOpen)} aria-expanded={isOpen}>
              {isOpen ? t.pixels.hide : t.pixels.show}
            </Button>
          )}
        </div>
      )}
      {isShown && (
        <ul className="list">
          {fine.map((pixel) => (
            <PixelLine key={pixel.pixel} pixel={pixel} />
          ))}
        </ul>
      )}
    </div>
  )
}

function PixelLine({ pixel: view }: { readonly pixel: PixelView }) {
  const { scope } = useScope()
  const { pixel, problem, remedy, hold, lostFromMs, keyState, lastAcceptedMs, lastDeliveredMs, ratePerSecond, relay } =
    view
  return (
    <li className="stack">
      <div className="row">
        <h3 className="grow row">
          <Link to="/" search={{ ...scope, pixel }}>
            <bdi>{pixel}</bdi>
          </Link>
          <State
            state={problem === null ? 'delivered' : problem === 'held' || problem === 'shape_held' ? 'held' : 'refused'}
            word={problem === null ? t.pixels.fineOne : (t.pixels.problemNames[problem] ?? problem)}
          />
        </h3>
        {view.spark !== null && <Spark values={view.spark} label={t.pixels.day} />}
        <PixelActs view={view} />
      </div>
      {(hold !== null && hold !== undefined) || remedy !== null ? (
        <p>
          {hold?.message} {hold !== null && hold !== undefined && <code>{hold.code}</code>}{' '}
          <span className="muted">{remedy}</span>
        </p>
      ) : null}
      <p className="small muted row">
        {lostFromMs !== null && (
          <span className="held">
            ▲ {t.pixels.loses} {clock(lostFromMs)}
          </span>
        )}
        <span>
          {t.pixels.key}: {t.pixels.keyStates[keyState] ?? keyState}
        </span>
        <span>
          {t.pixels.lastAccepted} <Time ms={lastAcceptedMs} />
        </span>
        <span>
          {t.pixels.lastDelivered} <Time ms={lastDeliveredMs} />
        </span>
        {ratePerSecond !== null && (
          <span>
            {decimal(ratePerSecond)} {t.pixels.rate}
          </span>
        )}
        {relay !== undefined && (
          <span>
            {t.pixels.relay}: <bdi>{relay ?? t.pixels.noRelay}</bdi>
          </span>
        )}
      </p>
    </li>
  )
}

interface Tested {
  readonly passed: boolean
  readonly code: string | null
  readonly message: string | null
}

function PixelActs({ view: { pixel, state } }: { readonly view: PixelView }) {
  const { run, isRunning, error } = useAct()
  const [isHolding, setIsHolding] = useState(false)
  const [tested, setTested] = useState<Tested>()
  const path = `/api/pixels/${encodeURIComponent(pixel)}`
  const test = (): Promise<boolean> => run(async () => setTested(await post<Tested>(`${path}/test`)))
  return (
    <div className="row">
      {error !== undefined && <span className="refused small">■ {error.message}</span>}
      {tested !== undefined && (
        <span className={tested.passed ? 'delivered small' : 'refused small'} role="status">
          {tested.passed ? `● ${t.pixels.testPassed}` : `■ ${t.pixels.testFailed(tested.message ?? tested.code ?? '')}`}
        </span>
      )}
      <Act onPress={() => void test()} isDisabled={isRunning} label={`${t.pixels.test}: ${pixel}`}>
        {t.pixels.test}
      </Act>
      {state === 'held' ? (
        <Act
          onPress={() => void run(() => post(`${path}/resume`))}
          isDisabled={isRunning}
          label={`${t.pixels.resume}: ${pixel}`}
        >
          {t.pixels.resume}
        </Act>
      ) : (
        <Act onPress={() => setIsHolding(true)} isDisabled={isRunning} label={`${t.pixels.hold}: ${pixel}`}>
          {t.pixels.hold}
        </Act>
      )}
      {isHolding && <HoldWindow pixel={pixel} path={path} onClose={() => setIsHolding(false)} />}
    </div>
  )
}

function HoldWindow({
  pixel,
  path,
  onClose,
}: {
  readonly pixel: string
  readonly path: string
  readonly onClose: () => void
}) {
  const { run, isRunning, error } = useAct()
  const [reason, setReason] = useState('')
  const hold = async (): Promise<void> => {
    if (await run(() => post(`${path}/hold`, { reason }))) onClose()
  }
  return (
    <Window title={t.pixels.holdTitle(pixel)} onClose={onClose}>
      <p className="muted">{t.pixels.holdWhat}</p>
      <Field label={t.refused.reason} value={reason} onChange={setReason} />
      {error !== undefined && <Problem what={t.pixels.hold} error={error} />}
      <Act kind="main-act" onPress={() => void hold()} isDisabled={isRunning || reason.trim() === ''}>
        {t.pixels.hold}
      </Act>
    </Window>
  )
}
