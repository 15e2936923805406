import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { main } from '@waybill/relay'
import type { HoldCode } from 'waybill/delivery'
import { order, startRelay } from '../packages/relay/src/service/service.helpers.ts'

/** The board, the alerts and the page on operating name what there is. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const { load: parseYaml } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

const RULES = (parseYaml(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
)

interface Board {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[]
  readonly templating: { readonly list: readonly { readonly query: string | { readonly query: string } }[] }
}

type Metrics = ReadonlyMap<string, ReadonlySet<string>>

/** What real relays show that have had trouble of several kinds: name → its labels, none where nothing has happened yet. */
async function metricsOf(context: TestContext): Promise<Metrics> {
  const texts = await Promise.all([
    refusing(context),
    holding(context),
    doubting(context, 'lost'),
    doubting(context, 'short'),
  ])
  const found = new Map<string, Set<string>>()
  const add = (name: string, labels: readonly string[]): void =>
    void found.set(name, new Set([...(found.get(name) ?? []), ...labels]))
  for (const [, name] of texts.join().matchAll(/^# TYPE (\w+)/gm)) add(name!, [])
  for (const [, name, labels] of texts.join().matchAll(/^(\w+)\{(.*)\} /gm)) {
    add(
      name!,
      [...labels!.matchAll(/(\w+)="/g)].map(([, label]) => label!),
    )
  }
  return found
}

type Troubled = Awaited<ReturnType<typeof startRelay>>

const metricsText = async (relay: Troubled): Promise<string> => (await relay.ask('/metrics')).text

async function refusing(context: TestContext): Promise<string> {
  const relay = await startRelay(context, { emulator: { poison: '^bad' } })
  const ended = Promise.all([relay.next('event:refused', 1), relay.next('event:delivered', 1)])
  await relay.bring([order('good'), order('bad')])
  await ended
  return metricsText(relay)
}

async function holding(context: TestContext): Promise<string> {
  const relay = await startRelay(context, { emulator: { apiKey: 'another' } })
  const held = relay.next('pixel:held', 1)
  const almostTooOldMs = Date.now() - 7 * 24 * 60 * 60 * 1_000 + 30 * 60 * 1_000
  await relay.bring([order('old', { timestamp_ms: almostTooOldMs })])
  await held
  return metricsText(relay)
}

async function doubting(context: TestContext, fault: 'lost' | 'short'): Promise<string> {
  const relay = await startRelay(context, { emulator: { fault: { [fault]: 1 } }, env: { WAYBILL_PREFLIGHT: 'never' } })
  const seen = fault === 'lost' ? relay.next('request:answered', 1) : relay.next('event:delivered', 1)
  await relay.bring([order('doubtful')])
  await seen
  return metricsText(relay)
}

/** The sum of all pixels has none. */
const WITHOUT_LABELS = ['waybill_source_messages_total', 'waybill_events_unaccounted']
/** Labels that Prometheus itself adds. */
const ADDED = ['instance', 'job'] as const

/** Metrics that a relay does not have, and labels that they do not have as far as they were seen. */
function unknownIn(expr: string, metrics: Metrics): string[] {
  const named = [...expr.matchAll(/\b(waybill_\w+)(?:\{([^}]*)\})?/g)]
  const names = named.map(([, name]) => name!)
  const selected = named.flatMap(([, name, matchers = '']) => {
    const labels = metrics.get(name!)
    if (labels === undefined) return [name!]
    const wanted = [...matchers.matchAll(/(\w+)\s*[=!]~?/g)].map(([, label]) => label!)
    return wanted.filter((label) => isUnknown(label, [labels])).map((label) => `${name}{${label}}`)
  })
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(/,\s*/))
  const all = names.flatMap((name) => metrics.get(name) ?? [])
  return [...selected, ...grouped.filter((label) => isUnknown(label, all)).map((label) => `by (${label})`)]
}

function isUnknown(label: string, labels: readonly ReadonlySet<string>[]): boolean {
  const isAdded = ADDED.some((added) => added === label)
  return !isAdded && labels.every((known) => known.size > 0) && !labels.some((known) => known.has(label))
}

describe('board and alerts', () => {
  const board = JSON.parse(read('deploy/grafana-board.json')) as Board
  const ofBoard = [
    ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...board.templating.list.map(({ query }) => (typeof query === 'string' ? query : query.query)),
  ]

  it('use metrics and labels that a real relay has', async (context) => {
    const metrics = await metricsOf(context)
    const expressions = [...ofBoard, ...RULES.map(({ expr }) => expr)]
    assert.deepEqual(
      expressions.flatMap((expr) => unknownIn(expr, metrics)),
      [],
    )
    const isUnseen = (name: string): boolean => metrics.get(name)?.size === 0 && expressions.join().includes(`${name}{`)
    assert.deepEqual([...metrics.keys()].filter(isUnseen), WITHOUT_LABELS)
    assert.deepEqual(unknownIn('sum by (shop) (waybill_events_held{code="x"}) + waybill_nothing', metrics), [
      'waybill_events_held{code}',
      'waybill_nothing',
      'by (shop)',
    ])
  })

  it('show every event state and every alarm that the relay counts', () => {
    const wanted = [
      'unaccounted',
      'oldest_event_age',
      'expiring',
      'held',
      'refused',
      'delivered',
      'queued',
      'turned_away',
    ]
    for (const part of wanted) {
      assert.ok(
        ofBoard.some((expr) => expr.includes(part)),
        part,
      )
      assert.ok(
        RULES.some(({ expr }) => expr.includes(part)),
        part,
      )
    }
    assert.ok(RULES.some(({ expr }) => expr.startsWith('up{job="waybill"} == 0')))
  })

  it('say for each alert how bad it is, what is the matter, and on the page on operating what to do', () => {
    const page = read('docs/operating.md')
    for (const { alert, labels, annotations } of RULES) {
      assert.match(labels.severity, /^(?:critical|warning)$/)
      assert.ok(annotations.summary.length > 20 && page.includes(`\`${alert}\``), alert)
    }
    const named = page.match(/`Waybill\w+`/g) ?? []
    assert.equal(new Set(named).size, RULES.length, 'the page names an alert that there is not')
  })
})

const SILENT = { write: () => true } as unknown as NodeJS.WritableStream

async function helpOf(verbs: readonly string[]): Promise<string> {
  let text = ''
  const write = (piece: string): void => {
    text += piece
  }
  const stdout = { write } as unknown as NodeJS.WritableStream
  const signal = new AbortController().signal
  const exitCode = await main([...verbs, '--help'], { env: {}, stdout, stderr: SILENT, signal })
  return exitCode === 0 ? text : ''
}

/** What is wrong with a command line: a verb or an option that there is not, or an argument that is missing. */
async function faultsOf(line: string): Promise<string[]> {
  const words = line.match(/'[^']*'|\S+/g)?.slice(1) ?? []
  const [first = '', second = ''] = words
  const isGroup = /^Usage: waybill \w+ \[options\] \[command\]/.test(await helpOf([first]))
  const verbs = isGroup ? [first, second] : [first]
  const help = await helpOf(verbs)
  if (!help.startsWith(`Usage: waybill ${verbs.join(' ')}`)) return [`${line}: no such command`]
  const rest = words.slice(verbs.length)
  const options = rest.filter((word) => word.startsWith('--'))
  const unknown = options.filter((option) => !new RegExp(`^ +${option}(?: |$)`, 'm').test(help))
  const valued = options.filter((option) => new RegExp(`^ +${option} <`, 'm').test(help))
  const needed = /^Usage: .*$/m.exec(help)?.[0].match(/ <\w+>/g)?.length ?? 0
  const missing = rest.length - options.length - valued.length < needed ? [`${line}: an argument is missing`] : []
  return [...unknown.map((option) => `${line}: no option ${option}`), ...missing]
}

describe('the page on operating', () => {
  const page = read('docs/operating.md')

  it('has only commands that there are', async () => {
    const lines = [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block]) => block!.trim().split('\n'))
    const inText = [...page.matchAll(/`(waybill [a-z][^`]*)`/g)].map(([, line]) => line!)
    const commands = [...lines, ...inText].filter((line) => line.startsWith('waybill '))
    assert.ok(commands.length > 20)
    assert.deepEqual((await Promise.all(commands.map(faultsOf))).flat(), [])
  })

  const WRONG: readonly (readonly [line: string, fault: RegExp])[] = [
    ['waybill frobnicate', /no such command/],
    ['waybill events frobnicate', /no such command/],
    ['waybill status --frobnicate', /no option --frobnicate/],
    ['waybill backup --data-dir /data', /an argument is missing/],
  ]
  for (const [line, fault] of WRONG) {
    it(`would not pass with ${line}`, async () => assert.match((await faultsOf(line)).join(), fault))
  }

  it('says what to do on every kind of hold', () => {
    const codes: Record<HoldCode | 'unexplained_rejection', true> = {
      unauthorized: true,
      wrong_key_family: true,
      unknown_pixel: true,
      blocked_by_firewall: true,
      forbidden: true,
      not_found: true,
      redirected: true,
      request_rejected: true,
      not_the_api: true,
      counts_none: true,
      everything_too_large: true,
      not_judging: true,
      unexplained_rejection: true,
    }
    for (const code of Object.keys(codes)) assert.ok(page.includes(`| \`${code}\` |`), code)
  })

  it('links to what is there', () => {
    const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path!)
    assert.deepEqual(
      links.filter((path) => !existsSync(join(ROOT, 'docs', path))),
      [],
    )
  })
})
