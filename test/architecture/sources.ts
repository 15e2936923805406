/** The sources of the repository as the compiler reads them: what they import, and how long their functions are. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isExportDeclaration,
  isFunctionLikeDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isNamedExports,
  isNamedImports,
  isStringLiteral,
} from 'typescript/unstable/ast/is'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url))

export interface Text {
  /** From the repository's root, as in `packages/waybill/src/money.ts`. */
  readonly file: string
  readonly text: string
}

export interface Import {
  readonly from: string
  /** Nothing of it is left at run time. */
  readonly isType: boolean
}

export interface FunctionPlace {
  readonly line: number
  readonly lines: number
  readonly parameters: number
}

export interface Source extends Text {
  readonly lines: number
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionPlace[]
}

/** Every TypeScript file below these folders. */
export function readTexts(folders: readonly string[]): Text[] {
  return folders.flatMap((folder) =>
    readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /\.tsx?$/.test(path) && !/(?:^|\/)(?:node_modules|dist)\//.test(path))
      .map((path) => ({ file: `${folder}/${path}`, text: readFileSync(`${ROOT}${folder}/${path}`, 'utf8') })),
  )
}

/** Reads texts as the compiler does. Nothing is resolved and no type is checked, so that made-up files will do. */
export function parse(texts: readonly Text[]): Source[] {
  const nameOf = (at: number): string => `/${at}.${texts[at]!.file.endsWith('.tsx') ? 'tsx' : 'ts'}`
  const how = { noLib: true, noResolve: true, types: [], noEmit: true, jsx: 'react-jsx' }
  const compilerOptions = { ...how, allowImportingTsExtensions: true }
  const config = JSON.stringify({ compilerOptions, files: texts.map((_, at) => nameOf(at)) })
  const files = Object.fromEntries(texts.map(({ text }, at) => [nameOf(at), text]))
  const api = new API({ cwd: '/', fs: createVirtualFileSystem({ ...files, '/tsconfig.json': config }) })
  try {
    const project = api.updateSnapshot({ openProjects: ['/tsconfig.json'] }).getProjects()[0]!
    return texts.map((text, at) => readSource(text, project.program.getSourceFile(nameOf(at))!))
  } finally {
    api.close()
  }
}

function readSource(text: Text, tree: SourceFile): Source {
  const imports: Import[] = []
  const functions: FunctionPlace[] = []
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node: Node): void => {
    const found = importOf(node)
    if (found !== undefined) imports.push(found)
    if (isFunctionLikeDeclaration(node) && node.body !== undefined) {
      const line = lineOf(node.getStart(tree))
      functions.push({ line, lines: lineOf(node.end) - line + 1, parameters: node.parameters.length })
    }
    node.forEachChild(visit)
  }
  tree.forEachChild(visit)
  return { ...text, lines: text.text.trimEnd().split('\n').length, imports, functions }
}

function importOf(node: Node): Import | undefined {
  if (isImportDeclaration(node)) {
    const { importClause: clause } = node
    const isType = clause?.phaseModifier === SyntaxKind.TypeKeyword || areTypes(clause?.name, clause?.namedBindings)
    return imported(node.moduleSpecifier, isType)
  }
  if (isExportDeclaration(node)) {
    return imported(node.moduleSpecifier, node.isTypeOnly || areTypes(undefined, node.exportClause))
  }
  if (isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    return imported(node.arguments[0], false)
  }
  if (isImportTypeNode(node)) {
    return imported(isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
  }
  return isOtherPath(node) ? imported(node, false) : undefined
}

function imported(specifier: Node | undefined, isType: boolean): Import | undefined {
  return specifier !== undefined && isStringLiteral(specifier) ? { from: specifier.text, isType } : undefined
}

/** `{ type A, type B }` leaves nothing at run time. */
function areTypes(name: Node | undefined, bindings: Node | undefined): boolean {
  if (name !== undefined || bindings === undefined) return false
  if (!isNamedImports(bindings) && !isNamedExports(bindings)) return false
  return bindings.elements.length > 0 && [...bindings.elements].every(({ isTypeOnly }) => isTypeOnly)
}

/** A path that starts a thread, or is imported under a condition: written in the code, so an edge. */
function isOtherPath(node: Node): boolean {
  if (!isStringLiteral(node) || !/^\.\.?\/.*\.tsx?$/.test(node.text)) return false
  const { parent } = node
  const isKnown = isImportDeclaration(parent) || isExportDeclaration(parent) || isLiteralTypeNode(parent)
  return !isKnown && !(isCallExpression(parent) && parent.expression.kind === SyntaxKind.ImportKeyword)
}
