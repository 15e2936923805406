import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Ending, LOOK_EVERY_MS, MIN_BYTES, PATIENCE_MS, Room, type Share } from './room.ts'

interface Body {
  readonly name: string
  readonly share: Share
  ended: Ending | undefined
}

/** A room of so many bytes on a clock that the test moves. */
class Scene {
  nowMs = 0
  readonly room: Room
  readonly endings: string[] = []

  constructor(limitBytes: number) {
    this.room = new Room({ limitBytes: () => limitBytes, monotonic: () => this.nowMs })
  }

  enter(name: string, hasToken = true): Body {
    const body: { -readonly [Key in keyof Body]?: Body[Key] } = { name, ended: undefined }
    const end = (why: Ending): void => {
      body.ended = why
      this.endings.push(`${name} ${why}`)
    }
    body.share = this.room.enter({ hasToken, end })
    return body as Body
  }

  /** Lets time go by, with looks as the server has them. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + LOOK_EVERY_MS)
      this.room.look()
    }
  }
}

test('what was announced costs nothing: any number of bodies that brought nothing stops nobody', () => {
  const scene = new Scene(100)
  for (let at = 0; at < 1_000; at++) scene.enter(`silent ${at}`)
  const one = scene.enter('one')
  assert.equal(one.share.take(100), true)
  assert.deepEqual([scene.endings, scene.room.usedBytes], [[], 100])
})

test('a single body always fits, whatever its size', () => {
  const scene = new Scene(100)
  const { share } = scene.enter('one')
  assert.deepEqual([share.take(150), share.take(1_000), scene.endings], [true, true, []])
})

const LIMIT = 100
for (const [bytes, ends] of [
  [39, []],
  [40, []],
  [41, ['first crowded']],
] as const)
  test(`at 60 bytes of ${LIMIT}, ${bytes} more end ${ends.length} bodies`, () => {
    const scene = new Scene(LIMIT)
    scene.enter('first').share.take(60)
    scene.nowMs = 500
    scene.enter('second').share.take(bytes)
    assert.deepEqual(scene.endings, ends)
    assert.ok(scene.room.usedBytes <= LIMIT)
  })

test('the one that brought least in the last second is ended, however much it brought before', () => {
  const scene = new Scene(10_000)
  const [was, is] = [scene.enter('was fast'), scene.enter('is fast')]
  was.share.take(7_000)
  scene.nowMs = 3_000
  was.share.take(10)
  is.share.take(2_000)
  scene.enter('new').share.take(1_500)
  assert.deepEqual(scene.endings, ['was fast crowded'])
})

test('a new body is judged by what it brought in its short time, so that newcomers are not always the least', () => {
  const scene = new Scene(1_000)
  const slow = scene.enter('a kilobyte a second')
  slow.share.take(950)
  scene.nowMs = 1_000
  scene.enter('just begun').share.take(120)
  assert.deepEqual(scene.endings, ['a kilobyte a second crowded'])
})

test('those without a token are ended first, also where they bring more', () => {
  const scene = new Scene(1_000)
  const stranger = scene.enter('stranger', false)
  scene.enter('slow').share.take(10)
  stranger.share.take(900)
  scene.enter('fast').share.take(200)
  assert.deepEqual(scene.endings, ['stranger crowded'])
})

test('a body that is whole is never ended for others; where nothing else is left, the newcomer is', () => {
  const scene = new Scene(100)
  const whole = scene.enter('whole')
  whole.share.finish()
  assert.equal(whole.share.take(90), true)
  const newcomer = scene.enter('newcomer')
  assert.deepEqual([newcomer.share.take(20), whole.ended, newcomer.ended], [false, undefined, 'crowded'])
  whole.share.leave()
  assert.equal(scene.room.usedBytes, 0)
  assert.equal(scene.enter('later').share.take(100), true)
})

test('a share is given back once, and takes nothing after it was given back', () => {
  const scene = new Scene(100)
  const { share } = scene.enter('one')
  share.take(60)
  share.leave()
  share.leave()
  assert.deepEqual([share.take(50), scene.room.usedBytes], [false, 0])
})

for (const [bytes, isEnded] of [
  [MIN_BYTES - 1, true],
  [MIN_BYTES, false],
  [MIN_BYTES + 1, false],
] as const)
  test(`${bytes} bytes in ${PATIENCE_MS} ms: ${isEnded ? 'ended' : 'goes on'}`, () => {
    const scene = new Scene(1_000_000)
    const body = scene.enter('body')
    for (let second = 0; second < 2; second++) {
      body.share.take(second === 0 ? bytes : 0)
      scene.pass(PATIENCE_MS / 2)
    }
    assert.equal(body.ended, isEnded ? 'slow' : undefined)
  })

test('each stretch of patience counts for itself: who was fast once has to stay so', () => {
  const scene = new Scene(1_000_000)
  const body = scene.enter('body')
  body.share.take(100_000)
  scene.pass(PATIENCE_MS)
  assert.equal(body.ended, undefined)
  scene.pass(PATIENCE_MS - 1)
  assert.equal(body.ended, undefined)
  scene.pass(LOOK_EVERY_MS)
  assert.equal(body.ended, 'slow')
})

test('a whole body is not slow, however long its answer takes', () => {
  const scene = new Scene(100)
  const body = scene.enter('body')
  body.share.take(10)
  body.share.finish()
  scene.pass(60_000)
  assert.equal(body.ended, undefined)
})

test('time in which this process was busy is nobody’s slowness', () => {
  const scene = new Scene(100)
  const body = scene.enter('body')
  scene.nowMs += 20_000
  scene.room.look()
  assert.equal(body.ended, undefined)
  scene.pass(PATIENCE_MS + LOOK_EVERY_MS)
  assert.equal(body.ended, 'slow')
})

const step = fc.record({
  body: fc.nat(7),
  what: fc.constantFrom('take', 'finish', 'leave'),
  bytes: fc.nat(60),
  ms: fc.nat(800),
})

test('whatever comes in whatever order, no more is taken than there is room for, unless by one alone', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const scene = new Scene(100)
      const bodies = Array.from({ length: 8 }, (_, at) => scene.enter(`b${at}`, at % 2 === 0))
      for (const { body, what, bytes, ms } of steps) {
        scene.nowMs += ms
        const { share } = bodies[body]!
        if (what === 'take') share.take(bytes)
        else share[what]()
        const taken = bodies.map((one) => (one.share.take(0) ? one.share.bytes : 0))
        const total = taken.reduce((sum, one) => sum + one, 0)
        assert.equal(scene.room.usedBytes, total)
        assert.ok(total <= 100 || taken.filter((one) => one > 0).length === 1, `${total} taken`)
      }
    }),
  )
})
