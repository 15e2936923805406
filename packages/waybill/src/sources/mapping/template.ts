/** The parts of `order_{order_number}`: text, and names to fill in. */
export type TemplatePart = { readonly text: string } | { readonly name: string }

/** Whether a mapping's text is a template rather than a name. */
export function isTemplate(written: string): boolean {
  return /[{}]/.test(written)
}

/**
 * The parts of a template; `{{` and `}}` are braces that are meant as text. `undefined` where a brace is not closed, not opened, or
 * encloses nothing.
 */
export function parseTemplate(written: string): TemplatePart[] | undefined {
  const parts: TemplatePart[] = []
  for (const [part, name] of written.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)) {
    if (part === '{' || part === '}') return undefined
    if (name !== undefined) parts.push({ name: name.trim() })
    else parts.push({ text: part === '{{' ? '{' : part === '}}' ? '}' : part })
  }
  return parts
}

/** The names in a template; none in a text that is no template. */
export function namesIn(written: string): readonly string[] {
  return (parseTemplate(written) ?? []).flatMap((part) => ('name' in part ? [part.name] : []))
}
