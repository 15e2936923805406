/** Random texts that stand for a right. */
export interface Tokens {
  readonly intake: string
  readonly admin: string
}

/**
 * The text of the environment file: one `NAME=value` a line, as shells, systemd and Docker read it. The key is left to be filled
 * in. Tokens are only there for an address that others can reach.
 */
export function envText(pixelId: string, tokens: Tokens | undefined): string {
  return [...KEY_LINES, `#WAYBILL_PIXEL_ID=${pixelId}`, '#WAYBILL_API_KEY_FILE=', '', ...tokenLines(tokens), ''].join(
    '\n',
  )
}

const KEY_LINES = [
  '# Secrets of the relay: for its owner alone, and never under version control.',
  '',
  '# The Conversions API key, from the conversions tab in Ads Manager.',
  'WAYBILL_API_KEY=',
  '',
  '# Or a file that holds the key and nothing else, which is read again on SIGHUP: leave WAYBILL_API_KEY empty, and take the #',
  '# away from the next two lines.',
]

function tokenLines(tokens: Tokens | undefined): string[] {
  return [
    '# Programs that bring events send this as "Authorization: Bearer <token>". Without it only this machine may.',
    tokens === undefined ? '#WAYBILL_INTAKE_TOKEN=' : `WAYBILL_INTAKE_TOKEN=${tokens.intake}`,
    '',
    '# For /api, and for the commands that use it (status, events, refused, hold, resume). Without it only this machine may.',
    tokens === undefined ? '#WAYBILL_ADMIN_TOKEN=' : `WAYBILL_ADMIN_TOKEN=${tokens.admin}`,
  ]
}
