import { usePixels } from '../../api/queries.ts'
import { Copy } from '../../parts/copy.tsx'
import { useLive } from '../../shell/live.tsx'
import { useScope } from '../../shell/use-scope.ts'
import { t } from '../../texts/index.ts'

/** Three ways to send the first event, filled in with this address; the page turns to it by itself. */
export function NoEvents() {
  const { tick } = useLive()
  const { scope } = useScope()
  const { data } = usePixels()
  const pixel = scope.pixel ?? data?.pixels[0]?.pixel ?? 'YOUR_PIXEL_ID'
  const ways = [
    [t.empty.curl, curlOf(location.origin, pixel)],
    [t.empty.sdk, sdkOf(location.origin, pixel)],
    [t.empty.file, `npx waybill send orders.csv --pixel '${pixel}'`],
  ] as const
  return (
    <section className="panel empty">
      <h2>{t.empty.title}</h2>
      <p className="muted">{(tick?.counts.accepted ?? 0) > 0 ? t.empty.arrived : t.empty.hint}</p>
      {ways.map(([title, text]) => (
        <div key={title} className="stack">
          <div className="row">
            <h3 className="grow">{title}</h3>
            <Copy text={text} />
          </div>
          <pre>{text}</pre>
        </div>
      ))}
    </section>
  )
}

function curlOf(origin: string, pixel: string): string {
  const event = `{ "id": "order_1", "type": "order_created", "timestamp_ms": '$(date +%s000)', "action_source": "web", "source_url": "https://shop.example/thanks", "data": { "type": "contents", "amount": 2599, "currency": "USD" } }`
  return `curl '${origin}/v1/events?pid=${encodeURIComponent(pixel)}' -H 'content-type: application/json' \\\n  -d '{ "events": [${event}] }'`
}

const sdkOf = (origin: string, pixel: string): string =>
  `import { createClient } from 'waybill'

const client = createClient({ baseUrl: '${origin}/v1', pixelId: '${pixel}', apiKey: process.env.WAYBILL_TOKEN })
await client.send([{ id: 'order_1', type: 'order_created', timestamp: new Date(), actionSource: 'web',
  sourceUrl: 'https://shop.example/thanks', data: { amount: '25.99', currency: 'USD' } }])`
