import type { DecoratorNode, Node, TypeNode } from "assemblyscript"

/** Something the source must say differently. Lines and columns count from 1. */
export type Problem = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly problem: string
  readonly fix: string
}

/** Collects what is wrong with a contract's sources, each with its place. */
export class Problems {
  readonly all: Problem[] = []

  add({ range: { source, start } }: Node, problem: string, fix: string): void {
    const line = source.lineAt(start)
    this.all.push({ file: source.normalizedPath, line, column: source.columnAt(), problem, fix })
  }
}

/** Takes our decorators off a declaration: the compiler does not know them. @returns their names */
export function takeDecorators(
  declaration: { decorators: DecoratorNode[] | null },
  known: readonly string[],
): ReadonlySet<string> {
  const nameOf = (decorator: DecoratorNode): string => (decorator.name as { text?: string }).text ?? ""
  const all = declaration.decorators ?? []
  const rest = all.filter((decorator) => !known.includes(nameOf(decorator)))
  declaration.decorators = rest.length > 0 ? rest : null
  return new Set(all.map(nameOf).filter((name) => known.includes(name)))
}

export const typeName = (node: TypeNode | null): string =>
  (node as { name?: { identifier?: { text?: string } } } | null)?.name?.identifier?.text ?? ""

export const typeArguments = (node: TypeNode | null): readonly TypeNode[] =>
  (node as { typeArguments?: TypeNode[] | null } | null)?.typeArguments ?? []
