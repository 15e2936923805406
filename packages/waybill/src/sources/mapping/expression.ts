import { meansNothing } from '../../identity/nothing.ts'
import { text } from '../read.ts'
import { lookUp, type Path, parsePath, type Scope } from './path.ts'
import { isTemplate, parseTemplate } from './template.ts'

/** Where a value comes from: a path, a template with paths in braces, or a constant. */
export type Expression =
  | { readonly kind: 'path'; readonly written: string; readonly path: Path }
  | { readonly kind: 'template'; readonly written: string; readonly parts: readonly (string | Path)[] }
  | { readonly kind: 'constant'; readonly value: string | number | boolean }

/** A path, or a template where there are braces; `{{` and `}}` stand for one. `undefined` for a brace without its partner. */
export function parseExpression(written: string): Expression | undefined {
  if (!isTemplate(written)) {
    const path = parsePath(written)
    return path.length === 0 ? undefined : { kind: 'path', written, path }
  }
  const parts = parseTemplate(written)?.map((part) => ('text' in part ? part.text : parsePath(part.name)))
  if (parts === undefined) return undefined
  return { kind: 'template', written, parts }
}

/**
 * The value; a template with a part that is missing has none, so that no two events share half an id. A part that is a word for
 * nothing makes the whole that word.
 */
export function evaluate(expression: Expression, scope: Scope): unknown {
  if (expression.kind === 'constant') return expression.value
  if (expression.kind === 'path') return lookUp(scope, expression.path)
  const texts = expression.parts.map((part) => (typeof part === 'string' ? part : text(lookUp(scope, part))))
  if (texts.includes(undefined)) return undefined
  const nothing = texts.find((part, at) => typeof expression.parts[at] !== 'string' && meansNothing(part ?? ''))
  return nothing ?? texts.join('')
}
