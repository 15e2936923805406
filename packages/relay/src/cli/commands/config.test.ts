import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempFile } from '../../files/files.helpers.ts'
import { run } from '../cli.helpers.ts'

test('config print shows what is in effect, defaults included, without the secrets', async (context) => {
  const file = tempFile(
    context,
    'waybill.config.json',
    JSON.stringify({
      pixels: [{ pixelId: 'px', apiKeyEnv: 'SHOP_KEY' }],
      adminTokens: [{ name: 'ops', token: 'secret-1' }],
    }),
  )
  const env = { SHOP_KEY: 'secret-2', WAYBILL_LISTEN: '127.0.0.1:9000', WAYBILL_INTAKE_TOKEN: 'secret-3' }
  const { exitCode, stdout, stderr } = await run(['config', 'print', '--config', file], { env })
  assert.deepEqual([exitCode, stderr], [0, ''])
  assert.doesNotMatch(stdout, /secret/)
  const shown = JSON.parse(stdout) as { listen: string; pixels: { apiKeyEnv: string; preflight: string }[] }
  assert.deepEqual(
    [shown.listen, shown.pixels[0]?.apiKeyEnv, shown.pixels[0]?.preflight],
    ['127.0.0.1:9000', 'SHOP_KEY', 'novel'],
  )
})

test('a variable whose name was mistyped is told, with what was meant; what others set is not', async () => {
  const env = {
    WAYBILL_PIXEL_ID: 'px',
    WAYBILL_API_KEY: 'secret-1',
    WAYBILL_ENDPIONT: 'http://127.0.0.1:1',
    WAYBILL_MAX_REQUEST_PER_SECOND: '5',
    WAYBILL_ADMIN_TOKEN_FILES: '',
    // Kubernetes, for a service named waybill.
    WAYBILL_PORT: 'tcp://10.0.0.1:8787',
    WAYBILL_SERVICE_HOST: '10.0.0.1',
    WAYBILL_PORT_8787_TCP_ADDR: '10.0.0.1',
  }
  const { exitCode, stderr } = await run(['config', 'print'], { env })
  assert.equal(exitCode, 0)
  const lines = stderr.trimEnd().split('\n')
  assert.equal(lines.length, 2, stderr)
  assert.match(lines[0]!, /WAYBILL_ENDPIONT is no variable of ours and does nothing: did you mean WAYBILL_ENDPOINT\?$/)
  assert.match(lines[1]!, /WAYBILL_MAX_REQUEST_PER_SECOND .*: did you mean WAYBILL_MAX_REQUESTS_PER_SECOND\?$/)
})

test('config print names every fault, one a line', async (context) => {
  const file = tempFile(context, 'waybill.config.json', JSON.stringify({ lisen: 1, pixels: [] }))
  const { exitCode, stderr, stdout } = await run(['config', 'print', '--config', file], { env: {} })
  assert.deepEqual([exitCode, stdout], [2, ''])
  assert.deepEqual(stderr.trimEnd().split('\n').length, 2)
})
