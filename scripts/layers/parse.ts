// What a TypeScript file imports and which globals it names, read from TypeScript's own syntax tree.
import path from "node:path"
import {
  isCallExpression,
  isIdentifier,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from "typescript/unstable/ast"
import { API } from "typescript/unstable/sync"

export interface Import {
  readonly specifier: string
  /** `type` leaves no trace at run time; `resolve` is a path asked for, of a package that must be there. */
  readonly kind: "value" | "type" | "resolve"
  readonly line: number
}

export interface Parsed {
  readonly imports: readonly Import[]
  /** Free-standing identifiers by name, first line each. */
  readonly names: ReadonlyMap<string, number>
  /** Lines of `import(expression)` and `require(expression)` whose target cannot be read from the source. */
  readonly unreadable: readonly number[]
}

/** Parses `files` (absolute paths) without resolving, loading or checking anything else. */
export function parseFiles(root: string, files: readonly string[]): ReadonlyMap<string, Parsed> {
  const config = path.join(root, "tsconfig.layers-in-memory.json")
  const compilerOptions = { noResolve: true, noLib: true, types: [], module: "nodenext", allowJs: true }
  const text = JSON.stringify({ compilerOptions, files })
  const api = new API({
    cwd: root,
    fs: {
      readFile: (file) => (file === config ? text : undefined),
      fileExists: (file) => (file === config ? true : undefined),
    },
  })
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    return new Map(
      files.map((file) => {
        const source = project?.program.getSourceFile(file)
        if (!source) throw new Error(`TypeScript could not read ${file}`)
        return [file, parse(source)]
      }),
    )
  } finally {
    api.close()
  }
}

function parse(source: SourceFile): Parsed {
  const lineOf = lineFinder(source.text)
  const imports: Import[] = source.imports.filter(isText).map((literal) => ({
    specifier: literal.text,
    kind: isTypeOnly(literal) ? "type" : "value",
    line: lineOf(literal.end),
  }))
  const names = new Map<string, number>()
  const unreadable: number[] = []
  const visit = (node: Node): undefined => {
    if (isIdentifier(node) && isUse(node) && !names.has(node.text)) names.set(node.text, lineOf(node.end))
    if (isCallExpression(node)) {
      const callee = source.text.slice(node.expression.pos, node.expression.end).trim()
      const [target] = node.arguments
      const literal = target && isText(target) ? target.text : undefined
      if (callee === "require" && literal !== undefined)
        imports.push({ specifier: literal, kind: "value", line: lineOf(node.end) })
      if (/^(require|import\.meta)\.resolve$/.test(callee) && literal !== undefined) {
        imports.push({ specifier: literal, kind: "resolve", line: lineOf(node.end) })
      }
      if ((callee === "require" || callee === "import") && literal === undefined) unreadable.push(lineOf(node.end))
    }
    node.forEachChild(visit)
  }
  source.forEachChild(visit)
  return { imports, names, unreadable }
}

const isText = (node: Node) => isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)

function isTypeOnly(literal: Node): boolean {
  const parent = literal.parent as Node & { isTypeOnly?: boolean; importClause?: { phaseModifier?: SyntaxKind } }
  if (parent.kind === SyntaxKind.ImportDeclaration) return parent.importClause?.phaseModifier === SyntaxKind.TypeKeyword
  if (parent.kind === SyntaxKind.ExportDeclaration) return parent.isTypeOnly === true
  return parent.kind === SyntaxKind.LiteralType // import("x").T
}

/** False for a name that stands for a member: `x.process`, `{ process: 1 }`, a method or a field called so. */
function isUse(node: Node & { text: string }): boolean {
  const parent = node.parent as Node & { name?: Node; expression?: Node & { text?: string } }
  if (parent.name !== node) return true
  switch (parent.kind) {
    case SyntaxKind.PropertyAccessExpression:
      return parent.expression?.text === "globalThis"
    case SyntaxKind.PropertyAssignment:
    case SyntaxKind.PropertySignature:
    case SyntaxKind.PropertyDeclaration:
    case SyntaxKind.MethodDeclaration:
    case SyntaxKind.MethodSignature:
    case SyntaxKind.GetAccessor:
    case SyntaxKind.SetAccessor:
      return false
    default:
      return true
  }
}

function lineFinder(text: string): (position: number) => number {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index)
  return (position) => ends.findLastIndex((end) => end < position) + 2
}
