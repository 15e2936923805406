import { isObject } from '../../contract/plain.ts'
import { lookUp, type Path, parsePath, type Scope } from './path.ts'

type Scalar = string | number | boolean | null

/** What `when` asks of one value. */
export interface Condition {
  readonly written: string
  readonly path: Path
  readonly holds: (value: unknown) => boolean
}

/** `"paid"`, `["paid", "completed"]`, `{ "not": … }` or `{ "exists": true }`; `undefined` for anything else. */
export function parseCondition(written: string, json: unknown): Condition | undefined {
  const holds = testOf(json)
  return holds && { written, path: parsePath(written), holds }
}

/** True where the value at the path is as the condition wants it. */
export function isMet(condition: Condition, scope: Scope): boolean {
  return condition.holds(lookUp(scope, condition.path))
}

function testOf(json: unknown): Condition['holds'] | undefined {
  const wanted = scalarsOf(json)
  if (wanted !== undefined) return (value) => isAmong(value, wanted)
  if (!isObject(json) || Object.keys(json).length !== 1) return undefined
  const unwanted = scalarsOf(json['not'])
  if (unwanted !== undefined) return (value) => !isAmong(value, unwanted)
  const { exists } = json
  return typeof exists === 'boolean' ? (value) => (value !== undefined && value !== null) === exists : undefined
}

function scalarsOf(json: unknown): readonly Scalar[] | undefined {
  const list: readonly unknown[] = Array.isArray(json) ? json : [json]
  return list.length > 0 && list.every(isScalar) ? list : undefined
}

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** `5` and `"5"` are one value: systems differ in how they write it. A missing value is `null`. */
function isAmong(value: unknown, scalars: readonly Scalar[]): boolean {
  return scalars.some((scalar) =>
    scalar === null ? value === null || value === undefined : isScalar(value) && String(value) === String(scalar),
  )
}
