import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { loadConfig, type RelayConfig } from './config.ts'
import { ConfigFaults } from './fault.ts'
import { printable, secretsOf } from './print.ts'
import { configReference } from './reference.ts'

const ENV = { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'key-51b7' }

interface Given {
  readonly file?: unknown
  readonly env?: Record<string, string>
}

function load(context: TestContext, { file, env = ENV }: Given): RelayConfig {
  const folder = tempFolder(context)
  const text = typeof file === 'string' ? file : JSON.stringify(file)
  if (file !== undefined) writeFileSync(join(folder, 'waybill.config.json'), text)
  writeFileSync(join(folder, 'key.txt'), ' key-of-a-file\n')
  writeFileSync(join(folder, 'empty.txt'), '\n')
  return loadConfig({ env, cwd: folder })
}

test('a variable that the configuration names is no stray, and neither is any that is documented', (context) => {
  const file = { pixels: [{ pixelId: 'px', apiKeyEnv: 'WAYBILL_API_KEYS' }] }
  const config = load(context, { file, env: { WAYBILL_API_KEYS: 'k', WAYBILL_RELAY: 'http://127.0.0.1:1' } })
  assert.deepEqual(config.warnings, [])
  assert.equal(load(context, { file, env: { WAYBILL_API_KEYS: 'k', WAYBILL_API_KEYZ: 'k' } }).warnings.length, 1)
})

test('for one pixel the environment alone is enough', (context) => {
  const config = load(context, {})
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8787 })
  assert.deepEqual(config.pixels, [
    {
      pixelId: 'px',
      allowHttp: [],
      apiKey: 'key-51b7',
      contract: 'auto',
      invalidIdentity: 'drop',
      preflight: 'novel',
      endpoint: 'https://bzr.openai.com',
      maxRequestsPerSecond: 10,
      concurrency: 4,
      timeoutMs: 30_000,
      maxWaitMs: 0,
      maxBodyBytes: 4_000_000,
    },
  ])
})

for (const endpointIsRelay of [true, false, undefined])
  test(`a pixel whose endpointIsRelay is ${endpointIsRelay} keeps that`, (context) => {
    const file = { pixels: [{ pixelId: 'px', apiKeyEnv: 'WAYBILL_API_KEY', endpointIsRelay }] }
    assert.equal(load(context, { file }).pixels[0]!.endpointIsRelay, endpointIsRelay)
  })

test('the environment wins over the file, for every pixel, and adds its own', (context) => {
  const file = {
    listen: '127.0.0.1:1',
    pixels: [
      { pixelId: 'a', apiKeyFile: 'key.txt', contract: '2026-06', endpoint: 'https://one.example' },
      { pixelId: 'b', apiKeyEnv: 'KEY_B', maxRequestsPerSecond: 3 },
    ],
  }
  const env = {
    ...ENV,
    KEY_B: 'key-b',
    WAYBILL_LISTEN: '[::1]:9000',
    WAYBILL_CONTRACT: '2026-11',
    WAYBILL_ENDPOINT: 'http://127.0.0.1:8788',
    WAYBILL_MAX_REQUESTS_PER_SECOND: '2.5',
    WAYBILL_PREFLIGHT: '',
  }
  const config = load(context, { file, env })
  assert.deepEqual(config.listen, { host: '::1', port: 9000 })
  assert.deepEqual(
    config.pixels.map(({ pixelId, apiKey, contract, endpoint, maxRequestsPerSecond, preflight }) =>
      [pixelId, apiKey, contract, endpoint, maxRequestsPerSecond, preflight].join(' '),
    ),
    [
      'a key-of-a-file 2026-11 http://127.0.0.1:8788 2.5 novel',
      'b key-b 2026-11 http://127.0.0.1:8788 2.5 novel',
      'px key-51b7 2026-11 http://127.0.0.1:8788 2.5 novel',
    ],
  )
})

test('a key of the environment takes the place of the key of the file; secrets come from files too', (context) => {
  const file = { pixels: [{ pixelId: 'px', apiKeyFile: 'missing.txt' }] }
  assert.equal(load(context, { file }).pixels[0]?.apiKey, 'key-51b7')
  const env = {
    WAYBILL_PIXEL_ID: 'px',
    WAYBILL_API_KEY_FILE: 'key.txt',
    WAYBILL_INTAKE_TOKEN_FILE: 'key.txt',
    WAYBILL_ADMIN_TOKEN: 'admin-token',
  }
  const config = load(context, { env })
  assert.equal(config.pixels[0]?.apiKey, 'key-of-a-file')
  assert.deepEqual(config.intakeTokens, [
    { name: 'WAYBILL_INTAKE_TOKEN', token: 'key-of-a-file', pixels: '*', browserOrigins: [] },
  ])
  assert.deepEqual(config.adminTokens, [
    { name: 'WAYBILL_ADMIN_TOKEN', token: 'admin-token', role: 'operator', pixels: '*' },
  ])
})

test('a token that the file takes from a variable of the environment stays limited to its pixels', (context) => {
  const file = { intakeTokens: [{ name: 'shop', tokenEnv: 'WAYBILL_INTAKE_TOKEN', pixels: ['px'] }] }
  const { intakeTokens } = load(context, { file, env: { ...ENV, WAYBILL_INTAKE_TOKEN: 'token' } })
  assert.deepEqual(intakeTokens, [{ name: 'shop', token: 'token', pixels: ['px'], browserOrigins: [] }])
})

test('the token that the commands show by their variable may be one of the file', (context) => {
  const file = { adminTokens: [{ name: 'ops', tokenEnv: 'OPS' }] }
  const { adminTokens } = load(context, { file, env: { ...ENV, OPS: 'token', WAYBILL_ADMIN_TOKEN: 'token' } })
  assert.deepEqual(adminTokens, [{ name: 'ops', token: 'token', role: 'operator', pixels: '*' }])
})

const PIXEL = { pixelId: 'px', apiKeyEnv: 'WAYBILL_API_KEY' }
const KEY_ONLY = { WAYBILL_API_KEY: 'key-51b7' }

const FAULTS: readonly (readonly [name: string, given: Given, lines: readonly RegExp[]])[] = [
  ['no pixel', { env: {} }, [/^pixels: no pixel is configured: set WAYBILL_PIXEL_ID and WAYBILL_API_KEY/]],
  [
    'no key',
    { env: { WAYBILL_PIXEL_ID: 'px' } },
    [/^WAYBILL_API_KEY: the environment variable WAYBILL_API_KEY is not set: set it, or name a file instead$/],
  ],
  [
    'no key in the file',
    { file: { pixels: [{ pixelId: 'px' }] }, env: {} },
    [/^pixels\[0\]: the secret is missing: give apiKeyEnv or apiKeyFile$/],
  ],
  [
    'secrets as variable and as file',
    {
      file: { intakeTokens: [{ name: 'shop', tokenEnv: 'A', tokenFile: 'key.txt' }] },
      env: { ...ENV, WAYBILL_API_KEY_FILE: 'key.txt' },
    },
    [/^WAYBILL_API_KEY: the secret is given in more than one way, .*keep one$/, /^intakeTokens\[0\]: .*keep one$/],
  ],
  [
    'variables of the environment by their own names',
    {
      env: {
        ...{ WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY_FILE: 'empty.txt', WAYBILL_INTAKE_TOKEN_FILE: 'missing.txt' },
        ...{ WAYBILL_ADMIN_TOKEN: 'a SECRET' },
      },
    },
    [
      /^WAYBILL_API_KEY_FILE: the secret is empty/,
      /^WAYBILL_INTAKE_TOKEN_FILE: the file .*missing\.txt cannot be read/,
      /^WAYBILL_ADMIN_TOKEN: the secret has white space/,
    ],
  ],
  ['a Pixel ID of the environment', { env: { ...ENV, WAYBILL_PIXEL_ID: 'a b' } }, [/^WAYBILL_PIXEL_ID: copy the/]],
  [
    'one token twice',
    {
      file: {
        intakeTokens: [
          { name: 'shop', token: 'SECRET', pixels: ['px'] },
          { name: 'app', token: 'SECRET' },
        ],
      },
    },
    [/^intakeTokens\[1\]: the same token as intakeTokens\[0\]: give each its own$/],
  ],
  ['an unknown key', { file: { lisen: 'x' } }, [/^lisen: unknown key: did you mean listen\?$/]],
  ['an unknown key that is like none', { file: { frobnicate: 1 } }, [/^frobnicate: unknown key: remove it$/]],
  [
    'a key in the file',
    { file: { pixels: [{ pixelId: 'px', apiKey: 'SECRET' }] }, env: {} },
    [/^pixels\[0\]\.apiKey: a key does not belong in this file: name its environment variable with apiKeyEnv/],
  ],
  [
    'a misspelt key of a pixel',
    { file: { pixels: [{ ...PIXEL, contrakt: 'x' }] } },
    [/^pixels\[0\]\.contrakt: unknown key: did you mean contract\?$/],
  ],
  ['a list where an object is meant', { file: [] }, [/^the configuration: write an object$/]],
  ['no JSON', { file: '{"pixels": SECRET' }, [/waybill\.config\.json: the file is not valid JSON.*: fix it$/]],
  ['a wrong address', { env: { ...ENV, WAYBILL_LISTEN: '8787' } }, [/^WAYBILL_LISTEN: write host:port/]],
  ['a port that is none', { env: { ...ENV, WAYBILL_LISTEN: '127.0.0.1:65536' } }, [/^WAYBILL_LISTEN: write host:port/]],
  [
    'an address of the network without a token',
    { env: { ...ENV, WAYBILL_LISTEN: '0.0.0.0:8787' } },
    [/^WAYBILL_LISTEN: this address can be reached by others: set WAYBILL_INTAKE_TOKEN, or listen on 127\.0\.0\.1$/],
  ],
  ['an endpoint in clear', { env: { ...ENV, WAYBILL_ENDPOINT: 'http://api.example' } }, [/^WAYBILL_ENDPOINT: .*https/]],
  [
    'a word for a number',
    { env: { ...ENV, WAYBILL_MAX_REQUESTS_PER_SECOND: 'many' } },
    [/^WAYBILL_MAX.*: write a number/],
  ],
  [
    'a store that there is not',
    { env: { ...ENV, WAYBILL_STORE: 'redis' } },
    [/^WAYBILL_STORE: write "sqlite", or the URL of a PostgreSQL database, such as/],
  ],
  [
    'a store given twice',
    {
      env: { ...ENV, WAYBILL_STORE: 'postgres://relay:geheim%21@db.example.com/waybill', WAYBILL_STORE_URL_FILE: '/x' },
    },
    [/^WAYBILL_STORE: the secret is given in more than one way, as variable and as file: keep one$/],
  ],
  [
    'a word for yes or no',
    { file: { pixels: [{ ...PIXEL, endpointIsRelay: 'yes' }] } },
    [/^pixels\[0\]\.endpointIsRelay: write true or false$/],
  ],
  [
    'several faults, told all',
    { file: { maxBodyBytes: 1, retentionDays: 'x', pixels: [{ ...PIXEL, preflight: 'maybe', concurrency: 0 }] } },
    [
      /^pixels\[0\]\.preflight: write "always" or "novel" or "never"$/,
      /^pixels\[0\]\.concurrency: write a whole number from 1 to 100$/,
      /^maxBodyBytes: write a whole number from 1,000 to/,
      /^retentionDays: write a whole number from 1 to 3,650$/,
    ],
  ],
  [
    'the same pixel twice',
    { file: { pixels: [PIXEL, PIXEL] }, env: KEY_ONLY },
    [/^pixels\[1\]\.pixelId: the same as in pixels\[0\]: keep one of them$/],
  ],
  [
    'a variable that is not set',
    { file: { pixels: [{ pixelId: 'a', apiKeyEnv: 'NOT_SET' }] }, env: {} },
    [/^pixels\[0\]\.apiKeyEnv: the environment variable NOT_SET is not set/],
  ],
  [
    'a file that is not there, and one that is empty',
    {
      file: {
        pixels: [
          { pixelId: 'a', apiKeyFile: 'none.txt' },
          { pixelId: 'b', apiKeyFile: 'empty.txt' },
        ],
      },
      env: {},
    },
    [/^pixels\[0\]\.apiKeyFile: the file none\.txt cannot be read/, /^pixels\[1\]\.apiKeyFile: the secret is empty/],
  ],
  [
    'a key with white space',
    { env: { ...ENV, WAYBILL_API_KEY: 'SECRET with space' } },
    [/^WAYBILL_API_KEY: the secret has white space/],
  ],
  [
    'a token without a name, and one given in two ways',
    {
      file: { adminTokens: [{ tokenEnv: 'X' }], intakeTokens: [{ name: 'shop', token: 'a', pixels: 'all' }] },
    },
    [/^intakeTokens\[0\]\.pixels: write "\*" for all pixels/, /^adminTokens\[0\]\.name: give the token a name/],
  ],
  [
    'a page at an address without TLS, and a role that there is not',
    {
      file: {
        publicUrl: 'http://waybill.example.com',
        adminListen: '9000',
        adminTokens: [{ name: 'a', token: 't', role: 'boss', pixels: [] }],
      },
    },
    [
      /^adminTokens\[0\]\.role: write "reader" or "operator"/,
      /^adminTokens\[0\]\.pixels: write "\*" for all pixels/,
      /^adminListen: write host:port/,
      /^publicUrl: write the https address of the page/,
    ],
  ],
]

for (const [name, given, lines] of FAULTS) {
  test(`a fault is one line with key and remedy: ${name}`, (context) => {
    assert.throws(
      () => load(context, given),
      (error) => {
        assert.ok(error instanceof ConfigFaults)
        const said = error.message.split('\n')
        assert.equal(said.length, lines.length, error.message)
        for (const [index, line] of lines.entries()) assert.match(said[index]!, line)
        assert.doesNotMatch(error.message, /SECRET/)
        return true
      },
    )
  })
}

test('a file that is named must be there, and one that is there must be readable', () => {
  const load = (path: string) => () => loadConfig({ env: { ...ENV, WAYBILL_CONFIG: path } })
  assert.throws(
    load('/nowhere/waybill.json'),
    /^ConfigFaults: \/nowhere\/waybill\.json: there is no such file: check the path$/,
  )
  assert.throws(load(import.meta.dirname), /: the file cannot be read: check its rights$/)
})

test('the URL of a store is read from the variable or a file, and its password is a secret', (context) => {
  const url = 'postgres://relay:geheim%21@db.example.com/waybill'
  assert.equal(load(context, { env: ENV }).storeUrl, undefined)
  const config = load(context, { env: { ...ENV, WAYBILL_STORE: url } })
  assert.equal(config.storeUrl, url)
  for (const secret of [url, 'geheim%21', 'geheim!']) assert.ok(secretsOf(config).includes(secret), secret)
  assert.ok(!printable(config).includes('geheim'))
  const file = join(tempFolder(context), 'url')
  const fromFile = (content: string) => () => {
    writeFileSync(file, content)
    return load(context, { env: { ...ENV, WAYBILL_STORE_URL_FILE: file } }).storeUrl
  }
  for (const ending of ['', '\n', '\r\n', '\n\n', ' \n']) assert.equal(fromFile(`${url}${ending}`)(), url)
  for (const wrong of ['mysql://db', 'postgres://relay:50%off@db/x', 'postgres://relay:12/34@db/x'])
    assert.throws(fromFile(wrong), (error: Error) => {
      assert.match(error.message, /no URL of a PostgreSQL database: write .*%2F for \//)
      return !/off|12|34/.test(error.message)
    })
})

test('what is printed is the whole configuration without a secret', (context) => {
  const file = { intakeTokens: [{ name: 'shop', token: 'inline-token', pixels: ['px'] }] }
  const config = load(context, { file, env: { ...ENV, WAYBILL_ADMIN_TOKEN: 'admin-token' } })
  const text = printable(config)
  for (const secret of secretsOf(config)) assert.ok(!text.includes(secret), secret)
  const shown = JSON.parse(text) as { intakeTokens: object[]; pixels: object[]; retentionDays: number }
  assert.deepEqual(shown.intakeTokens, [{ name: 'shop', token: '[removed]', pixels: ['px'], browserOrigins: [] }])
  assert.equal(shown.retentionDays, 30)
  assert.deepEqual([...secretsOf(config)].sort(), ['admin-token', 'inline-token', 'key-51b7'])
})

test('the reference has every key with its default and its variable', () => {
  const page = configReference()
  for (const part of [
    '| `listen` |',
    '`127.0.0.1:8787`',
    '`WAYBILL_PREFLIGHT`',
    '| `apiKeyFile` |',
    '| `tokenEnv` |',
  ]) {
    assert.ok(page.includes(part), part)
  }
  assert.doesNotMatch(page, /undefined|\[object/)
})
