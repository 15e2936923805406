import { usePixels } from '../api/queries.ts'
import { Choice } from '../parts/choice.tsx'
import { t } from '../texts/index.ts'
import { useLive } from './live.tsx'
import { useScope } from './use-scope.ts'

const ALL = '*'

/** All pixels or one; of many one is typed. */
export function PixelChoice() {
  const { me } = useLive()
  const { scope, change } = useScope()
  const { data } = usePixels()
  const names = data?.pixels.map(({ pixel }) => pixel) ?? (me.pixels === '*' ? [] : [...me.pixels])
  const known = [...new Set([...names, ...(scope.pixel === undefined ? [] : [scope.pixel])])].sort()
  const items = [{ id: ALL, text: t.common.allPixels }, ...known.map((id) => ({ id, text: id }))]
  return (
    <Choice
      label={t.common.pixel}
      items={items}
      value={scope.pixel ?? ALL}
      onChange={(id) => change({ pixel: id === ALL ? undefined : id })}
    />
  )
}
