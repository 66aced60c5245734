import * as compiler from "assemblyscript"

/**
 * The compiler's enums as they are at run time. Its declarations make them ambient const enums, which cannot be imported
 * into code that is compiled file by file.
 */
type Enums = {
  readonly NodeKind: Readonly<
    Record<"ClassDeclaration" | "MethodDeclaration" | "FieldDeclaration" | "Constructor" | "New" | "Literal", number>
  >
  readonly LiteralKind: Readonly<Record<"String", number>>
  readonly SourceKind: Readonly<Record<"User" | "UserEntry", number>>
  readonly CommonFlags: Readonly<Record<"Export" | "Static" | "Private" | "Protected" | "Get" | "Set", number>>
}

export const { NodeKind, LiteralKind, SourceKind, CommonFlags } = compiler as unknown as Enums
