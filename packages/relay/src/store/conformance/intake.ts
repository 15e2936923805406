import assert from 'node:assert/strict'
import {
  DAY,
  endAs,
  idsOf,
  leaseAll,
  MINUTE,
  NOW,
  newEvent,
  newEvents,
  PIXEL,
  REFUSAL,
  refusedEvent,
  type StoreCase,
} from './harness.ts'

const hold = { code: 'unauthorized', message: 'The key is not accepted.', atMs: NOW, by: 'test' }

export const INTAKE: readonly StoreCase[] = [
  {
    name: 'what is no conversion is kept as discarded with its reason, and goes on when other content comes under its key',
    async run(store) {
      await store.accept([refusedEvent('a', { state: 'discarded' })], NOW)
      const [account] = await store.show('a')
      assert.deepEqual([account?.state, account?.code, account?.message], ['discarded', REFUSAL.code, REFUSAL.message])
      const [again] = await store.accept([newEvent('a', { content: 'paid' })], NOW)
      assert.deepEqual([again?.status, (await leaseAll(store)).events.length], ['accepted', 1])
      const { accepted, discarded, sending, unaccounted } = await store.counts()
      assert.deepEqual([accepted, discarded, sending, unaccounted], [1, 0, 1, 0])
    },
  },
  {
    name: 'what is known of where an event comes from stays with it, and goes with its account',
    async run(store) {
      const origin = { shop: 'shop.example.de', currency: 'EUR', buyers: ['e:0a1b2c3d'] }
      await store.accept([newEvent('a', { origin }), newEvent('b')], NOW)
      const [met, other] = await store.accept([newEvent('a', { content: 'two' }), newEvent('b')], NOW)
      assert.ok(met?.status === 'conflict' && other?.status === 'duplicate')
      assert.deepEqual([met.first.origin, other.first.origin], [origin, undefined])
      await endAs(store, 'delivered', ['a'])
      assert.deepEqual((await store.show('a'))[0]?.origin, origin)
      assert.equal(await store.prune({ endedBeforeMs: NOW + DAY, limit: 10 }), 1)
      await store.accept([newEvent('a')], NOW)
      assert.equal((await store.show('a'))[0]?.origin, undefined)
    },
  },
  {
    name: 'what waits for a better arrival gives way to it while it is not due, once, and to no other that waits',
    async run(store) {
      const waiting = { dueMs: NOW + MINUTE, origin: { shop: 'acct_1', givesWay: true } } as const
      const known = { content: 'known', origin: { shop: 'acct_1' } }
      const statuses = async (nowMs: number, ...events: Parameters<typeof newEvent>[1][]): Promise<unknown[]> =>
        (
          await store.accept(
            events.map((changes) => newEvent('a', changes)),
            nowMs,
          )
        ).map(({ status }) => status)
      assert.deepEqual(await statuses(NOW, waiting, { ...waiting, content: 'two' }), ['accepted', 'conflict'])
      assert.equal(await store.lease({ pixel: PIXEL, limit: 1, nowMs: NOW, leaseMs: MINUTE }), undefined)
      assert.deepEqual(await statuses(NOW, known, { ...known, content: 'three' }), ['accepted', 'conflict'])
      assert.deepEqual(
        (await leaseAll(store)).events.map(({ wire }) => JSON.parse(wire).content),
        ['known'],
      )
      const [account] = await store.show('a')
      assert.deepEqual([account?.origin, account?.history.map(({ what }) => what)], [{ shop: 'acct_1' }, ['arrived']])
      const { accepted, unaccounted } = await store.counts()
      assert.deepEqual([accepted, unaccounted], [1, 0])
    },
  },
  {
    name: 'what waited for a better arrival and became due gives way no more',
    async run(store) {
      await store.accept([newEvent('a', { dueMs: NOW + MINUTE, origin: { givesWay: true } })], NOW)
      await store.ready(NOW + MINUTE)
      const lease = await leaseAll(store, { nowMs: NOW + MINUTE })
      const [late] = await store.accept([newEvent('a', { content: 'known' })], NOW + MINUTE)
      assert.deepEqual([idsOf(lease), late?.status], [['a'], 'conflict'])
    },
  },
  {
    name: 'an event that is new is accepted and waits as queued',
    async run(store) {
      const [acceptance] = await store.accept([newEvent('a')], NOW)
      assert.equal(acceptance?.status, 'accepted')
      const account = await store.showRow(acceptance.row)
      assert.equal(account?.state, 'queued')
      assert.equal(account.wire, newEvent('a').wire)
      assert.equal(account.source, 'test')
      assert.equal(account.acceptedMs, NOW)
    },
  },
  {
    name: 'acceptances stand in the order of the events',
    async run(store) {
      await store.accept([newEvent('b')], NOW)
      const acceptances = await store.accept(newEvents(['a', 'b', 'c', 'a']), NOW)
      assert.deepEqual(
        acceptances.map(({ status }) => status),
        ['accepted', 'duplicate', 'accepted', 'duplicate'],
      )
      assert.equal(acceptances[0]?.row, acceptances[3]?.row)
    },
  },
  {
    name: 'the same id under another pixel or another name is another event',
    async run(store) {
      const acceptances = await store.accept(
        [newEvent('a'), newEvent('a', { pixel: 'px_2' }), newEvent('a', { name: 'custom:quote_requested' })],
        NOW,
      )
      assert.ok(acceptances.every(({ status }) => status === 'accepted'))
      assert.equal((await store.show('a')).length, 3)
      assert.equal((await store.show('a', PIXEL)).length, 2)
    },
  },
  {
    name: 'ids that differ only in case, in spaces or beyond the ASCII letters are different',
    async run(store) {
      const ids = ['a', 'A', 'a ', ' a', 'ä', 'a\u0308', 'a\u0000b', 'x'.repeat(600), '']
      const acceptances = await store.accept(newEvents(ids), NOW)
      assert.ok(acceptances.every(({ status }) => status === 'accepted'))
      for (const id of ids) assert.equal((await store.show(id))[0]?.id, id)
    },
  },
  {
    name: 'the first content wins over another one while it is queued, sending, held or delivered',
    async run(store) {
      const states: string[] = []
      const meet = async (): Promise<void> => {
        const [met] = await store.accept([newEvent('a', { content: 'two' })], NOW)
        assert.equal(met?.status, 'conflict')
        states.push(met.first.state)
        assert.equal(met.first.wire, met.first.state === 'delivered' ? undefined : newEvent('a').wire)
      }
      await store.accept([newEvent('a')], NOW)
      await meet()
      await store.holdPixel(PIXEL, hold)
      await meet()
      await store.resumePixel(PIXEL, { by: 'test', nowMs: NOW })
      const { token, events } = await leaseAll(store)
      await meet()
      const rows = events.map(({ row }) => row)
      await store.settle({ token, settlements: [{ to: 'delivered', rows }], nowMs: NOW })
      await meet()
      assert.deepEqual(states, ['queued', 'held', 'sending', 'delivered'])
    },
  },
  {
    name: 'the same content is a duplicate also after the body is gone',
    async run(store) {
      const [row] = await endAs(store, 'delivered', ['a'])
      const [again] = await store.accept([newEvent('a')], NOW)
      assert.equal(again?.status, 'duplicate')
      assert.equal(again.row, row)
      assert.equal(again.first.state, 'delivered')
    },
  },
  {
    name: 'a duplicate of a refused event carries its state, its reason and its issues',
    async run(store) {
      await store.accept([refusedEvent('a')], NOW)
      const [again] = await store.accept([newEvent('a')], NOW)
      assert.equal(again?.status, 'duplicate')
      const { state, code, message, issues } = again.first
      assert.deepEqual(
        { state, code, message, issues },
        {
          state: 'refused',
          code: REFUSAL.code,
          message: REFUSAL.message,
          issues: [REFUSAL],
        },
      )
    },
  },
  ...(['refused', 'expired'] as const).map(
    (end): StoreCase => ({
      name: `other content starts a new delivery under the same account after an event was ${end}`,
      async run(store) {
        const [row] = await endAs(store, end, ['a'], { code: 'first_reason' })
        const fixed = newEvent('a', { content: 'two', timestampMs: NOW, shape: 'other', source: 'mender' })
        const [acceptance] = await store.accept([fixed], NOW + 1)
        assert.deepEqual(acceptance, { status: 'accepted', row })
        const account = await store.showRow(row ?? 0)
        assert.equal(account?.state, 'queued')
        assert.equal(account.code, undefined)
        assert.equal(account.wire, fixed.wire)
        assert.equal(account.shape, 'other')
        assert.equal(account.timestampMs, NOW)
        assert.equal(account.endedMs, undefined)
        assert.deepEqual(account.history, [
          { atMs: NOW, what: end, code: 'first_reason', message: 'because of first_reason', by: undefined },
          { atMs: NOW + 1, what: 'arrived', code: undefined, message: undefined, by: 'mender' },
        ])
        const { events } = await leaseAll(store, { nowMs: NOW + 1 })
        assert.deepEqual(
          events.map(({ wire }) => wire),
          [fixed.wire],
        )
      },
    }),
  ),
  {
    name: 'other content starts a new delivery after an operator discarded the event',
    async run(store) {
      const [first] = await store.accept([newEvent('a')], NOW)
      await store.discard({ rows: [first?.row ?? 0] }, { by: 'ann', reason: 'a test order', nowMs: NOW })
      const [same] = await store.accept([newEvent('a')], NOW)
      assert.equal(same?.status, 'duplicate')
      const [other] = await store.accept([newEvent('a', { content: 'two' })], NOW)
      assert.deepEqual(other, { status: 'accepted', row: first?.row })
    },
  },
  {
    name: 'a fixed event that is refused again stays refused, with the new reason and both in its history',
    async run(store) {
      const [first] = await store.accept([refusedEvent('a')], NOW)
      const worse = { ...REFUSAL, code: 'invalid_type' }
      await store.accept([refusedEvent('a', { content: 'two', issues: [worse] })], NOW + 1)
      const account = await store.showRow(first?.row ?? 0)
      assert.equal(account?.state, 'refused')
      assert.equal(account.code, 'invalid_type')
      assert.equal(account.endedMs, NOW + 1)
      assert.deepEqual(
        account.history.map(({ what }) => what),
        ['refused', 'arrived'],
      )
    },
  },
  {
    name: 'repeats within one call count as arrivals one after the other',
    async run(store) {
      await store.accept([refusedEvent('a')], NOW)
      const contents = ['two', 'three', 'two', 'one']
      const acceptances = await store.accept(
        contents.map((content) => newEvent('a', { content })),
        NOW,
      )
      assert.deepEqual(
        acceptances.map(({ status }) => status),
        ['accepted', 'conflict', 'duplicate', 'conflict'],
      )
      assert.equal((await store.counts()).accepted, 1)
    },
  },
  {
    name: 'each event that was refused without a readable id is kept',
    async run(store) {
      const same = refusedEvent(undefined)
      const acceptances = await store.accept([same, same, same], NOW)
      assert.ok(acceptances.every(({ status }) => status === 'accepted'))
      assert.equal(new Set(acceptances.map(({ row }) => row)).size, 3)
      assert.equal((await store.counts()).refused, 3)
    },
  },
  {
    name: 'sixteen callers that bring the same events at once have each event kept once',
    async run(store) {
      const ids = Array.from({ length: 50 }, (_, index) => `order_${index}`)
      const answers = await Promise.all(Array.from({ length: 16 }, () => store.accept(newEvents(ids), NOW)))
      const statuses = answers.flat().map(({ status }) => status)
      assert.equal(statuses.filter((status) => status === 'accepted').length, 50)
      assert.equal(statuses.filter((status) => status === 'duplicate').length, 15 * 50)
      assert.equal((await store.counts()).queued, 50)
    },
  },
  {
    name: 'a call that breaks the contract is refused as a whole, and others with it go on',
    async run(store) {
      const wrong = store.accept([newEvent('a'), newEvent('b', { timestampMs: Number.NaN })], NOW)
      const right = store.accept([newEvent('c')], NOW)
      await assert.rejects(wrong, TypeError)
      await assert.rejects(store.accept([newEvent(undefined)], NOW), TypeError)
      assert.equal((await right)[0]?.status, 'accepted')
      assert.equal((await store.counts()).accepted, 1)
    },
  },
  {
    name: 'what was accepted is there after closing and opening again',
    async run(store, harness) {
      await store.accept([newEvent('a'), refusedEvent('b')], NOW)
      await store.close()
      const again = await harness.open()
      assert.deepEqual(await again.counts(), {
        accepted: 2,
        queued: 1,
        sending: 0,
        held: 0,
        delivered: 0,
        refused: 1,
        expired: 0,
        discarded: 0,
        unaccounted: 0,
      })
      assert.equal((await again.accept([newEvent('a')], NOW))[0]?.status, 'duplicate')
      await again.close()
    },
  },
  {
    name: 'an event is a duplicate of what is kept under another of its names, and its other names lead to it',
    async run(store) {
      const called = (id: string): { name: string; id: string } => ({ name: 'order_created', id })
      const [cart] = await store.accept([newEvent('cart', { sameAs: [called('order')] })], NOW)
      const [byIts, byOther] = await store.accept(
        [
          newEvent('order', { content: 'two', sameAs: [] }),
          newEvent('paid', { sameAs: [called('paid'), called('cart')] }),
        ],
        NOW,
      )
      for (const one of [byIts, byOther]) assert.deepEqual([one?.status, one?.row], ['duplicate', cart?.row])
      const [unlooked, otherName] = await store.accept(
        [newEvent('order', { content: 'two' }), newEvent('order', { name: 'lead_created', sameAs: [] })],
        NOW,
      )
      assert.deepEqual([unlooked?.status, otherName?.status], ['accepted', 'accepted'])
      const trial = { name: 'trial_started', id: 'same' }
      const [, afterIt] = await store.accept(
        [newEvent('same', { sameAs: [trial] }), newEvent('same', { name: 'trial_started', sameAs: [] })],
        NOW,
      )
      assert.equal(afterIt?.status, 'accepted', 'under its own id another name does not lead to it')
      const [elsewhere] = await store.accept([newEvent('order', { pixel: 'another', sameAs: [] })], NOW)
      assert.equal(elsewhere?.status, 'accepted')
    },
  },
  {
    name: 'within one call too a conversion under two names is kept once, and what stands between keeps its order',
    async run(store) {
      const [one, two] = [
        { name: 'order_created', id: 'one' },
        { name: 'order_created', id: 'two' },
      ]
      const said = await store.accept(
        [
          newEvent('a'),
          newEvent('one', { sameAs: [two] }),
          newEvent('b'),
          newEvent('two', { sameAs: [one] }),
          newEvent('c'),
        ],
        NOW,
      )
      assert.deepEqual(
        said.map(({ status }) => status),
        ['accepted', 'accepted', 'accepted', 'duplicate', 'accepted'],
      )
      assert.equal(said[3]?.row, said[1]?.row)
      const rows = [0, 1, 2, 4].map((at) => said[at]?.row)
      assert.deepEqual(rows, rows.toSorted())
    },
  },
  {
    name: 'another name of what ended undelivered is no repeat, and what waits there for a better call gives way',
    async run(store) {
      const called = (id: string): { name: string; id: string } => ({ name: 'order_created', id })
      await endAs(store, 'refused', ['refused'])
      await store.accept([newEvent('waiting', { dueMs: NOW + 60_000, origin: { givesWay: true }, sameAs: [] })], NOW)
      const [after, better, worse] = await store.accept(
        [
          newEvent('1', { sameAs: [called('refused')] }),
          newEvent('2', { sameAs: [called('waiting')] }),
          newEvent('3', { origin: { givesWay: true }, sameAs: [called('2')] }),
        ],
        NOW,
      )
      assert.deepEqual([after?.status, better?.status, worse?.status], ['accepted', 'accepted', 'duplicate'])
      assert.deepEqual([worse?.row, (await store.show('waiting'))[0]?.state], [better?.row, 'discarded'])
      const { accepted, unaccounted } = await store.counts()
      assert.deepEqual({ accepted, unaccounted }, { accepted: 4, unaccounted: 0 })
    },
  },
]
