import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { find, isInContext, readCommand, readCopy, readDockerfile, readEnv, type Stage } from '../deploy/dockerfile.ts'
import { configReference, type Environment, loadConfig, type RelayConfig } from '../packages/relay/src/config/index.ts'
import { startRelay } from '../packages/relay/src/service/service.helpers.ts'

/** What the files in `deploy/` name exists, and does what they say. */

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

  it('copies every script that the build of a package runs', () => {
    const copied = STAGES.flatMap(({ instructions }) => instructions)
      .filter(({ word }) => word === 'COPY')
      .flatMap(({ rest }) => readCopy(rest).sources)
    const packages = readdirSync(join(ROOT, 'packages'))
    const scripts = packages.flatMap((name) => {
      const { build = '' } = JSON.parse(read(`packages/${name}/package.json`)).scripts ?? {}
      return /^node \.\.\/\.\.\/(\S+)/.exec(build)?.slice(1) ?? []
    })
    assert.ok(scripts.length > 0)
    for (const script of scripts) assert.ok(copied.includes(script) && isInContext(script, IGNORED), script)
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

describe('the files for proxies', () => {
  it('tell the relay that a caller is of another machine: Caddy does so by itself, nginx is told to', () => {
    assert.match(read('deploy/nginx.conf'), /proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;/)
  })
})

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
