import { useState } from 'react'
import { Copy } from '../../parts/copy.tsx'
import { Field } from '../../parts/field.tsx'
import { Window } from '../../parts/window.tsx'
import { t } from '../../texts/index.ts'

/** Makes the lines of the configuration for a new pixel; nothing is sent. */
export function NewPixel({ onClose }: { readonly onClose: () => void }) {
  const [pixel, setPixel] = useState('')
  const id = pixel.trim()
  const lines = JSON.stringify({ pixels: [{ pixelId: id, apiKeyFile: `/run/secrets/${fileOf(id)}` }] }, null, 2)
  const command = `umask 077 && read -rs KEY && printf %s "$KEY" > /run/secrets/${fileOf(id)} && kill -HUP "$(pgrep -f 'waybill serve')"`
  return (
    <Window title={t.pixels.add} onClose={onClose}>
      <p className="muted">{t.pixels.addWhat}</p>
      <Field label={t.pixels.id} value={pixel} onChange={setPixel} />
      {id !== '' &&
        [lines, command].map((text) => (
          <div key={text} className="row">
            <pre className="grow">{text}</pre>
            <Copy text={text} />
          </div>
        ))}
    </Window>
  )
}

const fileOf = (id: string): string => `pixel-${id.replace(/[^\w-]/g, '_')}.key`
