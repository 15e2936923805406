/** What the reading thread of a store runs: questions come in with their numbers, and answers go back as values or as packed JSON. */
import { parentPort, workerData } from 'node:worker_threads'
import { AnswerCache } from '../../answers/answer-cache.ts'
import { pack } from '../../answers/pack.ts'
import { StoreCursorError, TooSlowError } from '../../errors.ts'
import type { Answers, Encoding, QuestionName } from '../../reads/index.ts'
import { connectToRead } from '../database.ts'
import { answer } from './answer.ts'
import type { Asked, ThreadOptions, Told } from './asked.ts'
import { makeReader } from './moment.ts'

const options = workerData as ThreadOptions
const database = connectToRead(options.path)
const reader = makeReader(database, options)
const cache = new AnswerCache()
const port = parentPort!

port.on('message', (asked: Asked) => port.postMessage(tell(asked)))
port.postMessage('ready')

function tell(asked: Asked): Told {
  const { number } = asked
  try {
    return { number, ...(asked.serve === undefined ? { value: ask(asked) } : serve(asked, asked.serve.encoding)) }
  } catch (error) {
    return { number, error: toldError(error) }
  }
}

/** From one moment: a read transaction sees the file as it was at its first look. */
function ask({ name, asks, live }: Asked): Answers<QuestionName> {
  database.exec('BEGIN')
  try {
    return answer(reader, name, asks as never, live)
  } finally {
    database.exec('COMMIT')
  }
}

function serve(asked: Asked, encoding: Encoding): Pick<Told, 'body' | 'commit'> {
  const { name, asks, serve: { beside } = {} } = asked
  const key = JSON.stringify([name, asks, encoding, beside])
  return cache.get(key, () => {
    const value = ask(asked)
    return { body: pack(value, { encoding, beside }), commit: value.commit }
  })
}

function toldError(error: unknown): NonNullable<Told['error']> {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof TooSlowError) return { kind: 'too_slow', message }
  if (error instanceof StoreCursorError) return { kind: 'cursor', message }
  return { kind: error instanceof TypeError ? 'type' : 'other', message }
}
