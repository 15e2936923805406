import type { PlainObject } from '../../contract/plain.ts'
import { text } from '../read.ts'

/**
 * The id of a Shopify object with all its digits: as a JSON number it may be larger than 2^53 − 1, and a parser has then changed
 * its end; `admin_graphql_api_id` has it as a text.
 */
export function exactId(object: PlainObject): string | undefined {
  const global = text(object['admin_graphql_api_id'])
  return text(object['id']) ?? /\/(\d+)$/.exec(global ?? '')?.[1]
}
