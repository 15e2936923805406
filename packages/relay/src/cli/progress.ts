import { SingleBar } from 'cli-progress'
import type { OpenFile } from '../files/index.ts'
import type { Tally } from '../upload/tally.ts'
import { forTerminal, type Io, say } from './io.ts'

/** Shows how far a long run is: a bar with rate and time left on a terminal, a line now and then elsewhere. */
export interface Progress {
  update(file: OpenFile): void
  /** The first reading, of which nothing is counted yet. */
  judging(file: OpenFile, rows: number): void
  /** What keeps the API from answering, such as `HTTP 503`; `undefined` when it answers again. */
  trouble(what: string | undefined): void
  /** Takes the bar away, before anything else is said; the next `update` brings it back. */
  pause(): void
}

const LINE_EVERY_MS = 10_000
const WIDTH = 24

export function createProgress(io: Io, tally: Tally, quiet: boolean): Progress {
  return io.stderr.isTTY === true && !quiet ? createBar(io, tally) : createLines(io, tally, quiet)
}

function createBar(io: Io, tally: Tally): Progress {
  const meter = createMeter(tally)
  let waitingFor: string | undefined
  let judging: string | undefined
  const format = (): string => {
    if (judging !== undefined) return judging
    const line = barLine(meter.read(), tally)
    return waitingFor === undefined ? line : forTerminal(`${line}  ${waitingFor}, trying again`)
  }
  const bar = new SingleBar({ stream: io.stderr, format, hideCursor: true, clearOnComplete: true, fps: 8 })
  let shown = false
  const show = (): void => {
    if (!shown) bar.start(1, 0)
    shown = true
  }
  return {
    update(file) {
      meter.follow(file)
      judging = undefined
      show()
    },
    judging(file, rows) {
      judging = judgingLine(file, rows)
      show()
    },
    trouble(what) {
      waitingFor = what
    },
    pause() {
      if (shown) bar.stop()
      shown = false
    },
  }
}

function createLines(io: Io, tally: Tally, quiet: boolean): Progress {
  const meter = createMeter(tally)
  let lastMs = performance.now()
  let inTrouble = false
  return {
    update(file) {
      meter.follow(file)
      const nowMs = performance.now()
      if (quiet || nowMs - lastMs < LINE_EVERY_MS) return
      lastMs = nowMs
      say(io, barLine(meter.read(), tally))
    },
    judging(file, rows) {
      const nowMs = performance.now()
      if (quiet || nowMs - lastMs < LINE_EVERY_MS) return
      lastMs = nowMs
      say(io, judgingLine(file, rows))
    },
    trouble(what) {
      if (what !== undefined && !inTrouble) say(io, `waiting  The API gave no useful answer (${what}); trying again.`)
      inTrouble = what !== undefined
    },
    pause() {},
  }
}

/** `judging  33%  400,000 rows`: nothing has been sent yet. */
function judgingLine(file: OpenFile, rows: number): string {
  const share = file.bytesTotal
    ? `${Math.floor((100 * Math.min(file.bytesRead(), file.bytesTotal)) / file.bytesTotal)}%  `
    : ''
  return `judging  ${share}${rows.toLocaleString('en-US')} rows`
}

/** How far the run is: in seconds since its start, in seconds since the start of the file, and as a share of the file. */
export interface Reading {
  readonly seconds: number
  readonly fileSeconds: number
  /** 0 where the file's size is unknown. */
  readonly share: number
}

interface Meter {
  follow(file: OpenFile): void
  read(): Reading
}

function createMeter(tally: Tally): Meter {
  const startedMs = performance.now()
  let fileStartedMs = startedMs
  let file: OpenFile | undefined
  return {
    follow(next) {
      if (file !== undefined && file !== next) fileStartedMs = performance.now()
      file = next
    },
    read() {
      const nowMs = performance.now()
      const read = file?.bytesTotal ? Math.min(1, file.bytesRead() / file.bytesTotal) : 0
      // What has been read but has no outcome yet is not done.
      const share = tally.taken > 0 ? (read * tally.report.total) / tally.taken : 0
      return { seconds: (nowMs - startedMs) / 1_000, fileSeconds: (nowMs - fileStartedMs) / 1_000, share }
    },
  }
}

/** `████████░░░░  33%  12,000 events  8,100/s  3s left  4 refused`. Without a known size there is no share and no time left. */
export function barLine({ seconds, fileSeconds, share }: Reading, { report }: Tally): string {
  const rate = seconds > 0 ? Math.round(report.total / seconds) : 0
  const parts = [`${report.total.toLocaleString('en-US')} events`, `${rate.toLocaleString('en-US')}/s`]
  if (share > 0) {
    const filled = Math.round(share * WIDTH)
    parts.unshift(`${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${`${Math.floor(share * 100)}`.padStart(3)}%`)
    parts.push(`${duration((fileSeconds * (1 - share)) / share)} left`)
  }
  if (report.refused > 0) parts.push(`${report.refused.toLocaleString('en-US')} refused`)
  if (report.failed > 0) parts.push(`${report.failed.toLocaleString('en-US')} failed`)
  return parts.join('  ')
}

/** Seconds as `45s`, `3m 05s` or `2h 10m`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  if (whole < 60) return `${whole}s`
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${String(whole % 60).padStart(2, '0')}s`
  return `${Math.floor(whole / 3_600)}h ${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')}m`
}
