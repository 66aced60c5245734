// The rules of rules.ts, each a function from the tree to what breaks it. Every message says what to do instead.
import path from "node:path"
import { type Layer, NOT_IN_BROWSER, NOT_IN_ENCLAVE, RESERVED, ROOMS, SCOPE } from "./rules.ts"
import type { File, Package, Tree } from "./tree.ts"

export type Rule =
  | "UNKNOWN_DOOR"
  | "FORBIDDEN_IMPORT"
  | "DEEP_IMPORT"
  | "NOT_BROWSER_SAFE"
  | "NOT_ENCLAVE_SAFE"
  | "RESERVED_PACKAGE"
  | "UNDECLARED_DEPENDENCY"
  | "UNUSED_DEPENDENCY"
  | "REFERENCES_DIFFER"
  | "CYCLE"
  | "MISSING_FILE"

export interface Violation {
  readonly rule: Rule
  /** Relative to the root, with a line where there is one. */
  readonly where: string
  readonly message: string
}

/** A door as rules.ts writes it: `verify`, `chain/follow`. */
const doorName = (room: string, door: string) => (door === "." ? room : `${room}/${door}`)
const layers: ReadonlyMap<string, Layer> = new Map(
  Object.entries(ROOMS).flatMap(([room, { doors }]) =>
    Object.entries(doors).map(([door, layer]) => [doorName(room, door), layer] as const),
  ),
)

/** The doors a door may import, with what those may import. */
export function allowedFrom(door: string): ReadonlySet<string> {
  const allowed = new Set<string>()
  const visit = (name: string): void => {
    for (const next of layers.get(name)?.imports ?? []) {
      if (!allowed.has(next)) {
        allowed.add(next)
        visit(next)
      }
    }
  }
  visit(door)
  return allowed
}

export function checkTree(tree: Tree): readonly Violation[] {
  const reach = new Map([...layers.keys()].map((door) => [door, reachable(tree, door)] as const))
  const files = [...tree.files.values()]
  return [
    ...[...tree.packages.values()].flatMap((pkg) => checkDoors(tree, pkg)),
    ...files.flatMap((file) => [
      ...checkTargets(tree, file),
      ...checkLayer(tree, file, reach),
      ...checkReserved(tree, file),
      ...checkDeclared(tree, file),
    ]),
    ...checkSafe(tree, reach, "browser"),
    ...checkSafe(tree, reach, "enclaved"),
    ...[...tree.packages.values()].flatMap((pkg) => checkManifest(tree, pkg)),
    ...checkCycles(tree),
  ]
}

/** The source file of a door. */
function entryOf(tree: Tree, door: string): string | undefined {
  const [room = "", ...rest] = door.split("/")
  return tree.packages.get(room)?.doors.get(rest.join("/") || ".")
}

/** Every source file that a door reaches, through relative imports and other doors. */
function reachable(tree: Tree, door: string): ReadonlySet<File> {
  const seen = new Set<File>()
  const start = entryOf(tree, door)
  const visit = (file: File | undefined): void => {
    if (!file || seen.has(file)) return
    seen.add(file)
    for (const { target } of file.imports) {
      if (target.to === "file") visit(tree.files.get(target.file))
      if (target.to === "door") visit(tree.files.get(tree.packages.get(target.package)?.doors.get(target.door) ?? ""))
    }
  }
  visit(tree.files.get(start ?? ""))
  return seen
}

function checkDoors(tree: Tree, pkg: Package): Violation[] {
  const where = `${path.relative(tree.root, pkg.dir)}/package.json`
  const known = Object.keys(ROOMS[pkg.name]?.doors ?? {})
  const missing = known.filter((door) => !pkg.doors.has(door))
  const extra = [...pkg.doors.keys()].filter((door) => !known.includes(door))
  const absent = [...pkg.doors].filter(([, file]) => !tree.files.has(file))
  return [
    ...missing.map((door) =>
      violation("UNKNOWN_DOOR", where, `exports lack "${door}", which scripts/layers/rules.ts lists`),
    ),
    ...extra.map((door) =>
      violation("UNKNOWN_DOOR", where, `door "${door}" has no layer; give it one in scripts/layers/rules.ts`),
    ),
    ...absent.map(([door, file]) =>
      violation("MISSING_FILE", where, `door "${door}" names ${path.relative(tree.root, file)}, which is not there`),
    ),
  ]
}

/** Relative imports stay within their package; other packages are entered through a door that exists. */
function checkTargets(tree: Tree, file: File): Violation[] {
  return file.imports.flatMap(({ target, specifier, line }) => {
    const where = at(tree, file, line)
    if (target.to === "door" && !tree.packages.get(target.package)?.doors.has(target.door)) {
      const doors = [...(tree.packages.get(target.package)?.doors.keys() ?? [])].map(
        (door) => SCOPE + doorName(target.package, door),
      )
      return [
        violation(
          "DEEP_IMPORT",
          where,
          `"${specifier}" is not a door; import ${doors.join(" or ") || "an existing package"}`,
        ),
      ]
    }
    if (target.to !== "file") return []
    const [top, name, ...inside] = path.relative(tree.root, target.file).split(path.sep)
    if (top === "packages" && name !== file.package && !(name === "testing" && inside[0] === "vectors")) {
      const instead =
        inside[0] === "test" ? "move what both need to packages/testing" : `import one of its doors, ${SCOPE}${name}...`
      return [violation("DEEP_IMPORT", where, `"${specifier}" reaches into packages/${name}; ${instead}`)]
    }
    if (file.isSource && top !== "packages") {
      return [
        violation(
          "DEEP_IMPORT",
          where,
          `"${specifier}" leaves the package; a packed package has nothing outside itself`,
        ),
      ]
    }
    if (top === "types") return [] // what Hardhat generates for contract tests
    const isModule = /\.(ts|mts|mjs|js)$/.test(target.file)
    return isModule && !tree.files.has(target.file) && !target.file.endsWith(".d.ts")
      ? [violation("MISSING_FILE", where, `"${specifier}" is not there`)]
      : []
  })
}

/** A source file may import what every door that reaches it may import. Tests may use any door. */
function checkLayer(tree: Tree, file: File, reach: ReadonlyMap<string, ReadonlySet<File>>): Violation[] {
  const room = file.package
  if (!file.isSource || room === undefined) return []
  const doors = Object.keys(ROOMS[room]?.doors ?? {}).map((door) => doorName(room, door))
  const used = doors.filter((door) => reach.get(door)?.has(file))
  const sets = (used.length > 0 ? used : doors).map((door) => [door, allowedFrom(door)] as const)
  const programs = doors.filter((door) => layers.get(door)?.enclaved).map((door) => entryOf(tree, door))
  return file.imports.flatMap(({ target, specifier, line }) => {
    if (target.to === "file" && programs.includes(target.file)) {
      const message = `"${specifier}" is a whole program; only devnet and tests may import it, by its door`
      return [violation("FORBIDDEN_IMPORT", at(tree, file, line), message)]
    }
    if (target.to !== "door") return []
    const name = doorName(target.package, target.door)
    const fits = used.length > 0 ? sets.every(([, set]) => set.has(name)) : sets.some(([, set]) => set.has(name))
    const [against, may] = sets.find(([, set]) => !set.has(name)) ?? [room, new Set<string>()]
    const known = target.package !== room || fits
    if (fits) return []
    const message = known
      ? `${against} may not import "${specifier}"; it may import ${[...may].join(", ") || "nothing"}`
      : `"${specifier}" is this package itself; import the file that defines the thing`
    return [violation("FORBIDDEN_IMPORT", at(tree, file, line), message)]
  })
}

function checkReserved(tree: Tree, file: File): Violation[] {
  const room = file.package
  if (!file.isSource || room === undefined) return []
  return file.imports.flatMap(({ target, specifier, line }) => {
    if (target.to !== "external") return []
    const rule = RESERVED.find(({ packages }) => packages.test(target.package))
    if (!rule || rule.rooms.includes(room)) return []
    return [
      violation(
        "RESERVED_PACKAGE",
        at(tree, file, line),
        `"${specifier}" belongs to ${rule.rooms.join(", ")}: ${rule.why}`,
      ),
    ]
  })
}

/** What is imported is declared: by the package for its program, by it or the root for tests, by the root elsewhere. */
function checkDeclared(tree: Tree, file: File): Violation[] {
  const pkg = file.package === undefined ? undefined : tree.packages.get(file.package)
  const declared = new Set([
    ...(pkg?.dependencies ?? []),
    ...(file.isSource ? [] : [...(pkg?.devDependencies ?? []), ...tree.rootDependencies]),
  ])
  return file.imports.flatMap(({ target, kind, line }) => {
    const name = target.to === "external" ? target.package : target.to === "door" ? SCOPE + target.package : undefined
    if (name === undefined || declared.has(name)) return []
    if (target.to === "door" && (!file.isSource || target.package === file.package)) return [] // workspaces are linked for tests
    if (kind === "type" && declared.has(`@types/${name}`)) return []
    const manifest = file.isSource ? `packages/${file.package}/package.json` : "a package.json"
    return [
      violation(
        "UNDECLARED_DEPENDENCY",
        at(tree, file, line),
        `"${name}" is not among the dependencies of ${manifest}`,
      ),
    ]
  })
}

/** Everything reachable from a browser-safe door runs in a browser; everything from an enclave program, in the enclave. */
function checkSafe(
  tree: Tree,
  reach: ReadonlyMap<string, ReadonlySet<File>>,
  trait: "browser" | "enclaved",
): Violation[] {
  const doors = [...layers].filter(([, layer]) => layer[trait]).map(([door]) => door)
  const files = new Map(
    doors.flatMap((door) => [...(reach.get(door) ?? [])].map((file) => [file, door] as const)).reverse(),
  )
  return [...files].flatMap(([file, door]) => {
    const bad = (line: number, what: string) =>
      trait === "browser"
        ? violation("NOT_BROWSER_SAFE", at(tree, file, line), `${what}, but ${door} must run in a browser`)
        : violation("NOT_ENCLAVE_SAFE", at(tree, file, line), `${what}, but ${door} runs inside the enclave`)
    const imports = file.imports.flatMap(({ target, specifier, line }) => {
      const name = target.to === "builtin" ? target.name : target.to === "external" ? target.package : ""
      const refused = trait === "browser" ? target.to === "builtin" : NOT_IN_ENCLAVE.test(name)
      return refused ? [bad(line, `imports "${specifier}"`)] : []
    })
    const names = trait === "browser" ? [...file.parsed.names].filter(([name]) => NOT_IN_BROWSER.has(name)) : []
    const hidden = file.parsed.unreadable.map((line) =>
      bad(line, "imports something that cannot be read from the source"),
    )
    return [...imports, ...names.map(([name, line]) => bad(line, `names the global ${name}`)), ...hidden]
  })
}

/** Dependencies are exactly what is imported, and tsconfig references exactly the workspaces among them. */
function checkManifest(tree: Tree, pkg: Package): Violation[] {
  const where = `packages/${pkg.name}/package.json`
  const files = [...tree.files.values()].filter((file) => file.package === pkg.name && !file.isTest)
  const used = new Set(
    files.flatMap((file) =>
      file.imports.flatMap(({ target }) =>
        target.to === "external" ? [target.package] : target.to === "door" ? [SCOPE + target.package] : [],
      ),
    ),
  )
  const workspaces = [...pkg.dependencies]
    .filter((name) => name.startsWith(SCOPE))
    .map((name) => name.slice(SCOPE.length))
  const referenced = [...(pkg.references ?? workspaces)]
  const differ = [
    ...workspaces.filter((name) => !referenced.includes(name)),
    ...referenced.filter((name) => !workspaces.includes(name)),
  ]
  const isStart = files.every(({ imports, parsed }) => imports.length === 0 && parsed.names.size === 0) // `export {}`
  const unused = isStart ? [] : [...pkg.dependencies].filter((name) => !used.has(name))
  return [
    ...unused.map((name) => violation("UNUSED_DEPENDENCY", where, `"${name}" is never imported; remove it`)),
    ...differ.map((name) =>
      violation("REFERENCES_DIFFER", where, `"${name}" must be in both dependencies and tsconfig references`),
    ),
  ]
}

/** No ring of files that load each other. Types are not loaded, so they may refer to each other. */
function checkCycles(tree: Tree): Violation[] {
  const done = new Set<File>()
  const trail: File[] = []
  const found: Violation[] = []
  const visit = (file: File): void => {
    if (done.has(file)) return
    const start = trail.indexOf(file)
    if (start >= 0) {
      const ring = [...trail.slice(start), file].map((one) => path.relative(tree.root, one.path))
      found.push(violation("CYCLE", ring[0] ?? "", `${ring.join(" -> ")}; move what both need to a file below them`))
      return
    }
    trail.push(file)
    for (const { target, kind } of file.imports) {
      if (kind !== "value") continue
      const next =
        target.to === "file"
          ? target.file
          : target.to === "door"
            ? tree.packages.get(target.package)?.doors.get(target.door)
            : undefined
      const nextFile = tree.files.get(next ?? "")
      if (nextFile) visit(nextFile)
    }
    trail.pop()
    done.add(file)
  }
  for (const file of tree.files.values()) visit(file)
  return found
}

const violation = (rule: Rule, where: string, message: string): Violation => ({ rule, where, message })
const at = (tree: Tree, file: File, line: number) => `${path.relative(tree.root, file.path)}:${line}`
