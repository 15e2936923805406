import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Collector } from './collector.ts'
import { discard } from './give-back.ts'
import type { Ending, Room, Share } from './room.ts'

/** Why there is no body; `gone`: nobody is there any more to be told. */
export type NoBody = Ending | 'too_large' | 'gone'

export interface Reading {
  readonly headers: Pick<IncomingHttpHeaders, 'content-length'>
  readonly stream: Readable
  readonly maxBytes: number
  readonly hasToken: boolean
  /** Called once. */
  readonly done: (body: Uint8Array | NoBody) => void
}

/** Reads a body that somebody sends, as far as there is room. The share is to be left when the answer has gone. */
export function readIncoming(room: Room, { headers, stream, maxBytes, hasToken, done }: Reading): Share {
  const announced = headers['content-length'] === undefined ? undefined : Number(headers['content-length'])
  let collector: Collector | undefined
  let whole: Uint8Array | undefined
  let isDone = false
  const share = room.enter({ hasToken, end: (why) => finish(why) })
  const finish = (result: Uint8Array | NoBody): void => {
    if (isDone) return
    isDone = true
    if (typeof result === 'string') {
      stream.off('data', take)
      collector?.clear()
      share.leave()
      discard(stream)
    }
    // The stream outlives the body, and these its listeners.
    collector = undefined
    whole = undefined
    done(result)
  }
  const take = (piece: Uint8Array): void => {
    const bytes = (collector?.bytes ?? 0) + piece.length
    if (bytes > maxBytes) return finish('too_large')
    const isLast = bytes === announced
    if (isLast) share.finish()
    if (!share.take(piece.length)) return
    if (isLast && collector === undefined) whole = piece
    else {
      collector ??= new Collector()
      collector.add(piece)
    }
  }
  const end = (): void => {
    share.finish()
    finish(whole ?? collector?.take() ?? NOTHING)
  }
  const leave = (): void => finish('gone')
  stream.on('data', take)
  stream.on('end', end)
  stream.on('error', leave)
  stream.on('close', leave)
  if (announced !== undefined && announced > maxBytes) finish('too_large')
  return share
}

const NOTHING = new Uint8Array()
