import type { Io } from './io.ts'

/** Tells of each key that is pressed until the signal, where a person sits at a terminal. Ctrl-C ends the command as ever. */
export function onKeys({ stdin }: Io, signal: AbortSignal, pressed: (key: string) => void): void {
  if (stdin !== process.stdin || process.stdin.isTTY !== true) return
  const listen = (bytes: Buffer): void => {
    for (const key of bytes.toString()) {
      // In raw mode the terminal makes no signal of it.
      if (key === '\u0003') process.kill(process.pid, 'SIGINT')
      else pressed(key)
    }
  }
  process.stdin.setRawMode(true)
  process.stdin.on('data', listen)
  signal.addEventListener(
    'abort',
    () => {
      process.stdin.off('data', listen)
      process.stdin.setRawMode(false)
      process.stdin.pause()
    },
    { once: true },
  )
}
