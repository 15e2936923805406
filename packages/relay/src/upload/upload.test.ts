import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issue, type OutcomeStatus } from 'waybill'
import { ordersCsv } from '../cli/cli.helpers.ts'
import { tempFile } from '../files/files.helpers.ts'
import { FileError, openInput, type RefusedWriter, surveyFile } from '../files/index.ts'
import { createJudge } from './checked.ts'
import type { Sender } from './sender.ts'
import { Tally } from './tally.ts'
import { type Stopped, type UploadOptions, uploadFile } from './upload.ts'

type Judgement = (event: { id: string }, call: number) => { status: OutcomeStatus; code?: string }

/** A sender that gives each event the outcome asked for, and keeps the sizes of its calls. */
function senderOf(judge: Judgement, calls: number[] = []): Sender {
  return {
    async send(events) {
      calls.push(events.length)
      return events.map(({ id = '' }) => {
        const { status, code } = judge({ id }, calls.length)
        return { status, issues: code === undefined ? [] : [{ ...issue('gave_up', ''), code }] }
      })
    },
  }
}

function optionsOf(sender: Sender, more: Partial<UploadOptions> = {}): UploadOptions & { tally: Tally } {
  const judge = createJudge({ contract: '2026-06', now: Date.now })
  const openSender = async (): Promise<Sender> => sender
  return { judge, tally: new Tally(), openSender, signal: new AbortController().signal, ...more }
}

/** Both readings of a file. */
async function upload(path: string, options: UploadOptions): Promise<Stopped> {
  const input = await openInput(path, { stdin: process.stdin, signal: new AbortController().signal })
  const survey = await surveyFile(input!.open)
  return await uploadFile(input!, survey, options)
}

test('events travel in slices of 4,000, each event once', async (context) => {
  const calls: number[] = []
  const options = optionsOf(senderOf(() => ({ status: 'delivered' }), calls))
  const stopped = await upload(tempFile(context, 'a.csv', ordersCsv(9_000)), options)
  assert.equal(stopped, undefined)
  assert.deepEqual(calls, [4_000, 4_000, 1_000])
  assert.deepEqual([options.tally.report.rows, options.tally.report.delivered], [9_000, 9_000])
})

for (const code of ['unauthorized', 'unknown_pixel', 'request_rejected']) {
  test(`${code} stops the run even where part of the slice was delivered before it`, async (context) => {
    const calls: number[] = []
    const judge: Judgement = ({ id }) => (id === 'order_1' ? { status: 'delivered' } : { status: 'failed', code })
    const options = optionsOf(senderOf(judge, calls))
    const stopped = await upload(tempFile(context, 'a.csv', ordersCsv(12_500)), options)
    assert.equal(stopped?.code, code)
    assert.deepEqual(calls, [4_000])
    const { delivered, failed, total, byCode } = options.tally.report
    assert.deepEqual([delivered, byCode], [1, { [code]: failed }])
    assert.equal(total, 1 + failed)
  })
}

test('an endpoint that stumbled does not stop the run; one that was down for a whole slice does', async (context) => {
  const file = tempFile(context, 'a.csv', ordersCsv(12_500))
  const stumbling = optionsOf(
    senderOf(({ id }) => (id === 'order_2' ? { status: 'failed', code: 'gave_up' } : { status: 'delivered' })),
  )
  assert.equal(await upload(file, stumbling), undefined)
  assert.deepEqual([stumbling.tally.report.delivered, stumbling.tally.report.failed], [12_499, 1])
  const calls: number[] = []
  const down = optionsOf(senderOf(() => ({ status: 'failed', code: 'gave_up' }), calls))
  assert.equal((await upload(file, down))?.code, 'gave_up')
  assert.deepEqual(calls, [4_000])
})

test('an interrupt after everything was sent is none', async (context) => {
  const controller = new AbortController()
  const judge: Judgement = () => {
    controller.abort()
    return { status: 'delivered' }
  }
  const options = optionsOf(senderOf(judge), { signal: controller.signal })
  assert.equal(await upload(tempFile(context, 'a.csv', ordersCsv(10)), options), undefined)
})

test('an interrupt in the middle counts what was read as failed, and says that the rest was not', async (context) => {
  const controller = new AbortController()
  const judge: Judgement = (_, call) => {
    if (call === 2) controller.abort()
    return call === 2 ? { status: 'failed', code: 'aborted' } : { status: 'delivered' }
  }
  const options = optionsOf(senderOf(judge), { signal: controller.signal })
  const stopped = await upload(tempFile(context, 'a.csv', ordersCsv(20_000)), options)
  assert.equal(stopped?.code, 'aborted')
  const { delivered, failed, total } = options.tally.report
  assert.equal(delivered, 4_000)
  assert.equal(total, delivered + failed)
  assert.ok(total < 20_000)
})

test('a refused file that cannot be written any more ends the run, with every event read accounted for', async (context) => {
  const full = (): never => {
    throw new FileError('refused.csv: the disk is full.')
  }
  const refused: RefusedWriter = { write: full, flush: full, close() {}, paths: () => [], rowsWritten: () => 0 }
  const judge: Judgement = ({ id }) =>
    id === 'order_5' ? { status: 'refused', code: 'invalid_event' } : { status: 'delivered' }
  const options = optionsOf(senderOf(judge), { refused })
  await assert.rejects(upload(tempFile(context, 'a.csv', ordersCsv(20_000)), options), /the disk is full/)
  const { delivered, refused: count, failed, total, rows } = options.tally.report
  assert.equal(total, delivered + count + failed)
  assert.equal(total, rows)
})

test('without a sender nothing is sent and good events are valid', async (context) => {
  const { openSender: _, ...options } = optionsOf(senderOf(() => ({ status: 'delivered' })))
  await upload(tempFile(context, 'a.csv', ordersCsv(10)), options)
  assert.deepEqual([options.tally.report.validated, options.tally.report.delivered], [10, 0])
})
