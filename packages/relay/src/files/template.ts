/** The parts of `order_{order_number}`: text, and columns to fill in. `{{` and `}}` are literal braces. */
export type TemplatePart = { readonly text: string } | { readonly column: string }

/** Whether a mapping's text is a template rather than a column's name. */
export function isTemplate(text: string): boolean {
  return /[{}]/.test(text)
}

/** The parts of a template; `undefined` when a brace is not closed, not opened, or encloses nothing. */
export function parseTemplate(template: string): TemplatePart[] | undefined {
  const parts: TemplatePart[] = []
  for (const [part, column] of template.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)) {
    if (part === '{' || part === '}') return undefined
    if (column !== undefined) parts.push({ column: column.trim() })
    else parts.push({ text: part === '{{' ? '{' : part === '}}' ? '}' : part })
  }
  return parts
}
