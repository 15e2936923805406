import { type Options, type Params, SingleBar } from 'cli-progress'
import type { OpenFile } from '../files/index.ts'
import type { Tally } from '../upload/tally.ts'
import type { Io } from './io.ts'

/** Shows how far a long run is: a bar with rate and time left on a terminal, a line now and then elsewhere. */
export interface Progress {
  update(file: OpenFile): void
  stop(): void
}

const LINE_EVERY_MS = 10_000
const SILENT: Progress = { update() {}, stop() {} }

export function createProgress(io: Io, tally: Tally, quiet: boolean): Progress {
  if (quiet) return SILENT
  return io.stderr.isTTY === true ? createBar(io, tally) : createLines(io, tally)
}

function createBar(io: Io, tally: Tally): Progress {
  const startedMs = performance.now()
  const format = (_: Options, { progress, value }: Params): string => {
    const seconds = (performance.now() - startedMs) / 1_000
    const share = Number.isFinite(progress) && value > 0 ? progress : 0
    return barLine(share, tally, seconds)
  }
  const bar = new SingleBar({
    stream: io.stderr,
    format,
    hideCursor: true,
    clearOnComplete: true,
    fps: 8,
    etaBuffer: 100,
  })
  let current: OpenFile | undefined
  return {
    update(file) {
      const total = file.bytesTotal ?? 0
      if (file !== current) {
        if (current !== undefined) bar.stop()
        current = file
        bar.start(total, 0)
      }
      bar.update(Math.min(file.bytesRead(), total))
    },
    stop() {
      if (current !== undefined) bar.stop()
    },
  }
}

const WIDTH = 24

/** `████████░░░░  33%  12,000 events  8,100/s  3s left  4 refused`. Without a known size there is no share and no time left. */
export function barLine(share: number, { report }: Tally, seconds: number): string {
  const rate = seconds > 0 ? Math.round(report.total / seconds) : 0
  const parts = [`${report.total.toLocaleString('en-US')} events`, `${rate.toLocaleString('en-US')}/s`]
  if (share > 0) {
    const filled = Math.round(Math.min(1, share) * WIDTH)
    parts.unshift(`${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${`${Math.floor(share * 100)}`.padStart(3)}%`)
    parts.push(`${duration((seconds * (1 - share)) / share)} left`)
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

function createLines(io: Io, tally: Tally): Progress {
  const startedMs = performance.now()
  let lastMs = startedMs
  return {
    update(file) {
      const nowMs = performance.now()
      if (nowMs - lastMs < LINE_EVERY_MS) return
      lastMs = nowMs
      const share = file.bytesTotal ? file.bytesRead() / file.bytesTotal : 0
      io.stderr.write(`${barLine(share, tally, (nowMs - startedMs) / 1_000)}\n`)
    },
    stop() {},
  }
}
