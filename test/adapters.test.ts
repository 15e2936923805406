import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { order, PIXEL, startRelay } from '../packages/relay/src/service/service.helpers.ts'

/** What the files in `deploy/adapters` make of messages is what the relay takes. */

const FOLDER = new URL('../deploy/adapters/', import.meta.url)
const TOKEN = 'intake-token-of-sixteen'
const { load } = createRequire(import.meta.url)('js-yaml') as { load(text: string): unknown }
const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8')

/** How an adapter asks, with the names of its environment still in it. */
interface Asks {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  body(messages: readonly string[]): string
}

interface KafkaConnect {
  readonly config: Readonly<Record<string, string>>
}

interface Vector {
  readonly sinks: {
    readonly relay: {
      readonly uri: string
      readonly auth: { readonly token: string }
      readonly framing: { readonly character_delimited: { readonly delimiter: string } }
      readonly payload_prefix: string
      readonly payload_suffix: string
    }
  }
}

interface Redpanda {
  readonly output: {
    readonly http_client: {
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
      readonly batching: { readonly processors: readonly object[] }
    }
  }
}

const READERS: Readonly<Record<string, (text: string) => Asks>> = {
  'kafka-connect.json': (text) => {
    const { config } = JSON.parse(text) as KafkaConnect
    return {
      url: config['http.url']!,
      headers: {
        'content-type': config['http.headers.content.type']!,
        authorization: config['http.headers.authorization']!,
      },
      body: (messages) => config['batch.prefix']! + messages.join(config['batch.separator']) + config['batch.suffix']!,
    }
  },
  'vector.yaml': (text) => {
    const { relay } = (load(text) as Vector).sinks
    return {
      url: relay.uri,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${relay.auth.token}` },
      body: (messages) =>
        relay.payload_prefix + messages.join(relay.framing.character_delimited.delimiter) + relay.payload_suffix,
    }
  },
}

function redpanda(text: string): Asks {
  const { url, headers, batching } = (load(text) as Redpanda).output.http_client
  assert.deepEqual(batching.processors, [{ archive: { format: 'json_array' } }, { mapping: 'root.events = this' }])
  return {
    url,
    headers,
    body: (messages) => JSON.stringify({ events: JSON.parse(`[${messages.join(',')}]`) as unknown }),
  }
}

const filled = (text: string, address: string): string =>
  text
    .replace(/^(?:\$\{WAYBILL_URL\}|https:\/\/[^/]+)/, address)
    .replace(/\$\{WAYBILL_PIXEL_ID\}|<PIXEL-ID>/, PIXEL)
    .replace(/\$\{(?:WAYBILL_INTAKE_TOKEN|file:.*)\}/, TOKEN)

const ADAPTERS = readdirSync(FOLDER).filter((file) => /^(?:kafka-connect|vector|redpanda)/.test(file))

describe('the adapters in front of the relay', () => {
  for (const file of ADAPTERS) {
    it(`${file} asks as the relay is asked, repeats cost nothing, and what is refused stops nobody`, async (context) => {
      const relay = await startRelay(context, { env: { WAYBILL_INTAKE_TOKEN: TOKEN } })
      const text = textOf(file)
      const asks = (READERS[file] ?? redpanda)(text)
      const headers = Object.entries(asks.headers).map(([name, value]) => [name, filled(value, relay.url)])
      const post = async (events: readonly object[]): Promise<[status: number, accepted: number]> => {
        const answer = await fetch(filled(asks.url, relay.url), {
          method: 'POST',
          headers: Object.fromEntries(headers) as Record<string, string>,
          body: asks.body(events.map((event) => JSON.stringify(event))),
        })
        return [answer.status, ((await answer.json()) as { accepted_events: number }).accepted_events]
      }
      const events = [order('one'), order('two'), order('three')]
      assert.deepEqual(await post(events), [200, 3])
      assert.deepEqual(await post(events), [200, 3])
      assert.equal((await relay.store.counts()).accepted, 3)
      assert.deepEqual(await post([{ unreadable_sha256: '0'.repeat(64) }]), [200, 0])
      assert.equal((await relay.store.counts()).refused, 1)
    })
  }

  it('are all that is promised, and name nothing that their first lines do not', () => {
    assert.deepEqual(ADAPTERS, [
      'kafka-connect.json',
      'redpanda-connect-jetstream.yaml',
      'redpanda-connect-kafka.yaml',
      'redpanda-connect-sqs.yaml',
      'vector.yaml',
    ])
    for (const file of ADAPTERS.filter((name) => name.endsWith('.yaml'))) {
      const [head, rest] = [textOf(file).split('\n').slice(0, 4).join(' '), textOf(file)]
      const named = new Set([...rest.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => name!))
      assert.deepEqual(
        [...named].filter((name) => !head.includes(name)),
        [],
        file,
      )
    }
  })
})
