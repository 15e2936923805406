import { type Answer, errorAnswer } from './answer.ts'

/** Whom the emulator serves; null stands for anybody. */
export interface Admission {
  readonly pixel: string | null
  readonly apiKey: string | null
}

// Keys of the Advertiser API. That they can be told by how they begin is an assumption of the emulator's.
const WRONG_FAMILY = 'adv-'
const MISSING_SCOPES = 'Missing scopes: ads.third_party_events.write'

/** The answer to a caller without a fitting key, or null. */
export function refuseKey(authorization: string | null, { apiKey }: Admission): Answer | null {
  const key = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (key?.startsWith(WRONG_FAMILY)) return errorAnswer(401, { message: MISSING_SCOPES })
  const isKnown = key !== undefined && (apiKey === null || key === apiKey)
  return isKnown ? null : errorAnswer(401, { message: 'Unauthorized' })
}

/** The answer to a missing or unknown Pixel ID, or null. */
export function refusePid(pid: string | null, { pixel }: Admission): Answer | null {
  if (pid === null || pid === '') return missingPid()
  if (pixel === null || pid === pixel) return null
  return errorAnswer(403, { message: '403: unknown pid', type: 'server_error' })
}

function missingPid(): Answer {
  const list = [{ type: 'missing', loc: ['query', 'pid'], msg: 'Field required', input: null }]
  return errorAnswer(400, { message: JSON.stringify(list) })
}
