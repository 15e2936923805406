import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { main } from '@waybill/relay'
import type { HoldCode } from 'waybill/delivery'
import { find, isInContext, readCommand, readCopy, readDockerfile, readEnv, type Stage } from '../deploy/dockerfile.ts'
import { configReference, type Environment, loadConfig, type RelayConfig } from '../packages/relay/src/config/index.ts'
import { order, startRelay } from '../packages/relay/src/service/service.helpers.ts'

/** What the files in `deploy/` and the page on operating name exists, and does what they say. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const { load: parseYaml } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }

const STAGES = readDockerfile(read('deploy/Dockerfile'))
const IMAGE: Stage = STAGES.at(-1)!
const IMAGE_ENV = readEnv(find(IMAGE, 'ENV'))
const IGNORED = read('deploy/Dockerfile.dockerignore')
const DEFAULT_GRACE_SECONDS = Number(/\| `graceMs` \|.*?\| `(\d+)` \|/.exec(configReference())?.[1]) / 1_000

/** Variables that the configuration knows: those of its reference, and the ways to name a file instead of a secret. */
const VARIABLES: ReadonlySet<string> = new Set(configReference().match(/\bWAYBILL_[A-Z_]+/g))

function assertKnown(text: string): void {
  const named = text.match(/\bWAYBILL_[A-Z_]+/g) ?? []
  assert.ok(named.length > 0)
  assert.deepEqual(
    named.filter((name) => !VARIABLES.has(name)),
    [],
  )
}

/** The configuration that an environment gives, with each file that it names for a secret there. */
function configured(context: TestContext, env: Environment): RelayConfig {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-deploy-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const here = Object.entries(env).map(([name, value = '']) => {
    if (!name.endsWith('_FILE')) return [name, value]
    const path = join(folder, basename(value))
    writeFileSync(path, `secret-of-${basename(value)}`)
    return [name, path]
  })
  return loadConfig({ env: Object.fromEntries(here) as Environment, cwd: folder })
}

describe('the Dockerfile', () => {
  it('copies what is there and reaches the builder', () => {
    const copies = STAGES.flatMap(({ instructions }) => instructions.filter(({ word }) => word === 'COPY'))
    for (const { from, sources } of copies.map(({ rest }) => readCopy(rest))) {
      for (const source of sources) {
        if (from !== undefined)
          assert.ok(
            STAGES.some(({ name }) => name === from),
            from,
          )
        else assert.ok(existsSync(join(ROOT, source)) && isInContext(source, IGNORED), source)
      }
    }
  })

  const CONTEXT: readonly (readonly [path: string, isIn: boolean])[] = [
    ['package-lock.json', true],
    ['packages/relay/src/index.ts', true],
    ['packages/relay/migrations/sqlite/0001_store.sql', true],
    ['packages/relay/node_modules/commander/index.js', false],
    ['packages/relay/dist/index.js', false],
    ['packages/relay/.env', false],
    ['node_modules/zod/index.js', false],
    ['.env.waybill', false],
    ['waybill.config.json', false],
    ['waybill-data/waybill.db', false],
    ['deploy/secrets/api-key', false],
    ['.git/config', false],
  ]
  for (const [path, isIn] of CONTEXT) {
    it(`sends ${path} to the builder: ${isIn}`, () => assert.equal(isInContext(path, IGNORED), isIn))
  }

  it('builds on the slim image of the Node that the relay needs', () => {
    const { engines } = JSON.parse(read('packages/relay/package.json')) as { engines: { node: string } }
    for (const { base } of STAGES) assert.equal(base, `node:${/\d+/.exec(engines.node)?.[0]}-slim`)
  })

  it('ends as a user without rights, with a data folder, a stop signal and no secret', () => {
    assert.equal(find(IMAGE, 'USER'), 'node')
    assert.equal(find(IMAGE, 'STOPSIGNAL'), 'SIGTERM')
    assert.equal(find(IMAGE, 'VOLUME'), IMAGE_ENV['WAYBILL_DATA_DIR'])
    assert.equal(find(IMAGE, 'EXPOSE'), IMAGE_ENV['WAYBILL_LISTEN']?.split(':').pop())
    assert.equal(IMAGE_ENV['NODE_ENV'], 'production')
    const words = IMAGE.instructions.map(({ word }) => word)
    assert.ok(words.indexOf('USER') > words.lastIndexOf('RUN'))
    assert.doesNotMatch(read('deploy/Dockerfile'), /KEY|TOKEN|SECRET|curl|wget/)
  })

  it('names variables that the configuration knows', () => assertKnown(read('deploy/Dockerfile')))

  it('has a health command that passes while a relay runs and fails without one', async (context) => {
    const relay = await startRelay(context)
    const [program, ...args] = readCommand(find(IMAGE, 'HEALTHCHECK'))
    assert.equal(program, 'node')
    const ended = (listen: string): Promise<number> =>
      new Promise((resolve) => {
        const env = { ...process.env, WAYBILL_LISTEN: listen }
        execFile(process.execPath, args, { env }, (error) => resolve(error === null ? 0 : Number(error.code)))
      })
    const { host } = new URL(relay.url)
    assert.equal(await ended(host), 0)
    await relay.stop()
    assert.equal(await ended(host), 1)
  })
})

interface Service {
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly stop_grace_period: string
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly volumes: readonly string[]
  readonly ports: readonly string[]
  readonly build: { readonly context: string; readonly dockerfile: string }
}

describe('the compose file', () => {
  const compose = parseYaml(read('deploy/compose.yaml')) as {
    services: { relay: Service }
    secrets: Readonly<Record<string, { file: string }>>
    volumes: object
  }
  const { relay } = compose.services

  it('takes every right away that the relay does not need', () => {
    assert.equal(relay.read_only, true)
    assert.deepEqual([relay.cap_drop, relay.security_opt], [['ALL'], ['no-new-privileges:true']])
    assert.deepEqual(relay.volumes, [`data:${IMAGE_ENV['WAYBILL_DATA_DIR']}`])
    assert.deepEqual(Object.keys(compose.volumes), ['data'])
    for (const port of relay.ports) assert.match(port, /^127\.0\.0\.1:/)
  })

  it('waits longer than the relay’s own grace period before it kills', () => {
    assert.ok(Number(/^(\d+)s$/.exec(relay.stop_grace_period)?.[1]) > DEFAULT_GRACE_SECONDS)
  })

  it('is a configuration with which a relay starts, secrets from files', (context) => {
    assertKnown(read('deploy/compose.yaml'))
    const given = Object.entries(relay.environment).map(([name, value]) => [
      name,
      value.replace(/^\$\{WAYBILL_PIXEL_ID:.*\}$/, 'px').replace(/^\$\{.*:-\}$/, ''),
    ])
    const config = configured(context, { ...IMAGE_ENV, ...(Object.fromEntries(given) as Environment) })
    assert.deepEqual([config.listen.host, config.dataDir, config.pixels[0]?.pixelId], ['0.0.0.0', '/data', 'px'])
    assert.equal(config.pixels[0]?.apiKey, 'secret-of-api-key')
    assert.deepEqual(
      [...config.intakeTokens, ...config.adminTokens].map(({ token }) => token),
      ['secret-of-intake-token', 'secret-of-admin-token'],
    )
    const files = Object.entries(relay.environment).filter(([name]) => name.endsWith('_FILE'))
    assert.deepEqual(files.map(([, path]) => path).sort(), relay.secrets.map((name) => `/run/secrets/${name}`).sort())
    assert.deepEqual(Object.keys(compose.secrets), relay.secrets)
  })

  it('finds what it demands in a file that is kept, because Compose demands it for exec and kill too', () => {
    const page = read('deploy/README.md')
    const demanded = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!)
    const kept = [...page.matchAll(/^echo '(\w+)=.*' >{1,2} deploy\/\.env$/gm)].map(([, name]) => name!)
    assert.deepEqual(demanded, kept)
    assert.ok(demanded.length > 0 && read('deploy/.gitignore').split('\n').includes('.env'))
    assert.doesNotMatch(`${page}${read('deploy/compose.yaml')}`, /=\S+ docker compose/)
  })

  it('builds from the Dockerfile, and its secrets are kept out of version control', () => {
    assert.equal(join('deploy', relay.build.context, relay.build.dockerfile), join('deploy', 'Dockerfile'))
    const ignored = read('deploy/.gitignore').trim().split('\n')
    for (const { file } of Object.values(compose.secrets))
      assert.ok(
        ignored.some((line) => file.startsWith(line)),
        file,
      )
  })
})

describe('the systemd unit', () => {
  const text = read('deploy/waybill.service')
  const settings = text
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
  const values = (key: string): string[] => settings.filter(([name]) => name === key).map(([, value]) => value)

  it('is a configuration with which a relay starts, the key from a credential', (context) => {
    const [[credential]] = values('LoadCredential').map((value) => value.split(':')) as [[string, string]]
    const env = readEnv(values('Environment').join(' '))
    assert.equal(env['WAYBILL_API_KEY_FILE'], `%d/${credential}`)
    assert.equal(env['WAYBILL_DATA_DIR'], `%S/${values('StateDirectory')[0]}`)
    assertKnown(text)
    const config = configured(context, { ...env, WAYBILL_PIXEL_ID: 'px' })
    assert.equal(config.pixels[0]?.apiKey, `secret-of-${credential}`)
  })

  it('waits longer than the relay’s own grace period, and does not start a wrong configuration again', () => {
    assert.ok(Number(values('TimeoutStopSec')[0]) > DEFAULT_GRACE_SECONDS)
    assert.deepEqual([values('Restart'), values('RestartPreventExitStatus')], [['on-failure'], ['2']])
  })

  it('passes systemd’s own verification', (context) => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return context.skip('systemd-analyze is not there')
    const folder = mkdtempSync(join(tmpdir(), 'waybill-unit-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const unit = join(folder, 'waybill.service')
    // The program has to be there, and here it is not where npm would put it.
    writeFileSync(unit, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })
    assert.deepEqual([status, stderr], [0, ''])
    writeFileSync(unit, text.replace('Restart=on-failure', 'Restart=now-and-then'))
    assert.match(spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' }).stderr, /now-and-then/)
  })
})

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
const WITHOUT_LABELS = ['waybill_events_unaccounted']
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
