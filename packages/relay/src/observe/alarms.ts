import { HOUR_MS, SECOND_MS } from 'waybill/delivery'
import type { LifecycleEvents } from '../engine/index.ts'
import { StoreSupersededError } from '../store/index.ts'
import type { Log } from './logger.ts'

/** Logs what somebody should act on, and its end. Nothing is said of single events, and nothing of what is in them. */
export function logAlarms(events: LifecycleEvents, log: Log): void {
  events.on('pixel:held', ({ pixel, code, message, hint, by }) =>
    log[by === undefined ? 'error' : 'info']({ pixel, code, hint, by }, `pixel held: ${message}`),
  )
  events.on('pixel:resumed', ({ pixel, why }) => log.info({ pixel }, `pixel resumed: ${why}`))
  events.on('shape:held', ({ pixel, shape, code, message }) =>
    log.error({ pixel, shape, code, hint: 'waybill status' }, `events held: ${message}`),
  )
  events.on('shape:resumed', ({ pixel, shape }) => log.info({ pixel, shape }, 'events resumed'))
  events.on('event:expiring', ({ pixel, count, withinMs }) =>
    log[withinMs <= HOUR_MS ? 'error' : 'warn'](
      { pixel, count, withinHours: withinMs / HOUR_MS },
      'events expire unless they are delivered',
    ),
  )
  events.on('claims:ended', ({ pixels }) =>
    log.error(
      { pixels },
      'the store was not reached in time: nothing is sent, and other relays may take the pixels over',
    ),
  )
  events.on('claims:renewed', ({ pixels }) => log.info({ pixels }, 'the claims of this relay hold'))
  events.on('pixel:claimed', ({ pixel, from }) =>
    log.info({ pixel, from }, from === undefined ? 'pixel claimed' : 'pixel taken over from a relay that is gone'),
  )
  events.on('pixel:left', ({ pixel, why }) => log.info({ pixel, why }, 'pixel left to other relays'))
  events.on('tls:failed', ({ pixel, message, hint }) =>
    log.error({ pixel, code: 'tls', hint }, `nothing is sent, what answers for the API cannot be trusted: ${message}`),
  )
  events.on('tls:recovered', ({ pixel }) => log.info({ pixel }, 'the API can be trusted again'))
  events.on('outbox:waits', ({ outbox, waiting, oldestMs, message }) =>
    log.error(
      { outbox, waiting, oldestSeconds: oldestMs && Math.round(oldestMs / SECOND_MS), hint: 'waybill doctor' },
      message === undefined
        ? 'conversions wait in the outbox for longer than a minute'
        : `nothing has been taken from the outbox for a minute: ${message}`,
    ),
  )
  events.on('outbox:flows', ({ outbox }) => log.info({ outbox }, 'conversions are taken from the outbox again'))
  events.on('clock:doubted', ({ reason }) =>
    log.error({ hint: 'check the time service of this machine' }, `clock in doubt, nothing expires: ${reason}`),
  )
  events.on('clock:wrong', ({ whose, byMs }) =>
    log.error(
      { whose, bySeconds: Math.round(byMs / 1_000) },
      whose === 'machine' ? "this machine's clock is wrong: check its time service" : "the API's clock is wrong",
    ),
  )
  events.on('window:short', ({ pixel, message }) => log.error({ pixel }, message))
  events.on('holds:found', ({ holds }) => {
    for (const { pixel, shape, code, message, by } of holds)
      log.warn({ pixel, shape, code, by, hint: 'waybill status' }, `held since before this start: ${message}`)
  })
  events.on('clock:confirmed', ({ skewMs }) => log.info({ skewMs }, 'clock confirmed'))
  events.on('engine:failed', ({ error }) => {
    // No fault of the engine: whoever stops the relay says why.
    if (!(error instanceof StoreSupersededError)) log.error({ err: error }, 'the engine failed')
  })
}
