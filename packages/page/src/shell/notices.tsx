import { Button } from 'react-aria-components'
import { precise } from '../logic/format.ts'
import { t } from '../texts/index.ts'
import { useLive } from './live.tsx'

/** What concerns the whole page: a relay that is away or was replaced, a reader who may change nothing. */
export function Notices() {
  const { isLost, atMs, isReplaced, tick, canWrite } = useLive()
  return (
    <div className="notices" role="status">
      {isReplaced && (
        <div className="notice amber">
          <span className="grow">◆ {t.common.upgraded(tick?.version ?? '')}</span>
          <Button className="button" onPress={() => location.reload()}>
            {t.common.reload}
          </Button>
        </div>
      )}
      {isLost && <div className="notice amber">▲ {t.common.offline(atMs === undefined ? '–' : precise(atMs))}</div>}
      {!canWrite && <p className="muted small">{t.common.readOnly}</p>}
    </div>
  )
}
