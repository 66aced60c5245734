import assert from "node:assert/strict"
import { type TestContext, test } from "node:test"
import { allowedFrom, checkTree } from "../../scripts/layers/checks.ts"
import { drawLayers, withLayers } from "../../scripts/layers/draw.ts"
import { ROOMS, SCOPE } from "../../scripts/layers/rules.ts"
import { readTree } from "../../scripts/layers/tree.ts"
import { tempTree } from "./support.ts"

/** Which of our packages each one depends on, so that a test has to name only what it is about. */
const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  crypto: ["protocol"],
  verify: ["crypto", "protocol"],
  chain: ["verify"],
  enclave: ["verify"],
  client: ["chain"],
  node: ["chain"],
}

/** A tree of a few packages with every door there, plus `files`; checked. */
function check(t: TestContext, files: Readonly<Record<string, string>>) {
  const packages = Object.entries(DEPENDENCIES).flatMap(([room, dependencies]) => {
    const doors = Object.keys(ROOMS[room]?.doors ?? {})
    const exports = Object.fromEntries(
      doors.map((door) => [
        door === "." ? "." : `./${door}`,
        { "@enigma/source": `./src/${door === "." ? "index" : door}.ts` },
      ]),
    )
    return [
      [
        `packages/${room}/package.json`,
        {
          name: SCOPE + room,
          exports,
          dependencies: Object.fromEntries(dependencies.map((one) => [SCOPE + one, "1"])),
        },
      ],
      [`packages/${room}/tsconfig.json`, { references: dependencies.map((one) => ({ path: `../${one}` })) }],
      ...doors.map((door) => [`packages/${room}/src/${door === "." ? "index" : door}.ts`, "export {}"]),
    ]
  })
  const root = tempTree(t, {
    ...Object.fromEntries(packages),
    "package.json": { devDependencies: { esbuild: "1" } },
    ...files,
  })
  return checkTree(readTree(root))
}

/** The rules that `files` break, apart from dependencies that a test leaves unused. */
const broken = (t: TestContext, files: Readonly<Record<string, string>>) =>
  check(t, files)
    .filter(({ rule }) => rule !== "UNUSED_DEPENDENCY")
    .map(({ rule, where }) => `${rule} ${where}`)

test("a tree that keeps the rules has no violations", (t) => {
  assert.deepEqual(check(t, {}), [])
  const uses = {
    "packages/crypto/src/index.ts": `import { x } from "@enigma-discovery/protocol"\nexport const y = x`,
    "packages/verify/src/index.ts": `import type { y } from "@enigma-discovery/crypto"\nimport "@enigma-discovery/protocol"`,
    "packages/crypto/src/node.ts": `import { createHash } from "node:crypto"\nimport "./index.ts"\nprocess.exit(createHash)`,
    "packages/verify/test/x.test.ts": `import "@enigma-discovery/client"\nimport "../src/index.ts"\nimport "esbuild"`,
    "packages/verify/test/y.test.ts": `import v from "../../testing/vectors/v.json" with { type: "json" }`,
  }
  assert.deepEqual(check(t, uses), [])
})

test("an arrow up, sideways or into the wrong door is refused", (t) => {
  const files = {
    "packages/protocol/src/index.ts": `import "@enigma-discovery/crypto"`,
    "packages/verify/src/index.ts": `import "@enigma-discovery/crypto/node"`,
    "packages/node/src/index.ts": `export { x } from "@enigma-discovery/client"`,
    "packages/node/src/main.ts": `const x = await import("@enigma-discovery/enclave/worker-program")`,
  }
  const rules = check(t, files).filter(({ rule }) => rule === "FORBIDDEN_IMPORT")
  assert.deepEqual(rules.map(({ where }) => where).sort(), [
    "packages/node/src/index.ts:1",
    "packages/node/src/main.ts:1",
    "packages/protocol/src/index.ts:1",
    "packages/verify/src/index.ts:1",
  ])
  assert.match(
    rules.find(({ where }) => where.startsWith("packages/verify"))?.message ?? "",
    /may import crypto, protocol/,
  )
})

test("a type-only import is an arrow like any other", (t) => {
  const files = { "packages/crypto/src/index.ts": `type V = import("@enigma-discovery/verify").V` }
  assert.ok(broken(t, files).includes("FORBIDDEN_IMPORT packages/crypto/src/index.ts:1"))
})

test("a file behind two doors may import only what both may", (t) => {
  const shared = `import "@enigma-discovery/crypto/node"`
  const one = { "packages/chain/src/transact.ts": `import "./shared.ts"`, "packages/chain/src/shared.ts": shared }
  assert.ok(!broken(t, one).some((rule) => rule.startsWith("FORBIDDEN_IMPORT")))
  const both = { ...one, "packages/chain/src/follow.ts": `import "./shared.ts"` }
  assert.ok(broken(t, both).includes("FORBIDDEN_IMPORT packages/chain/src/shared.ts:1"))
})

test("another package is entered through its doors only", (t) => {
  const files = {
    "packages/verify/src/index.ts": `import "@enigma-discovery/crypto/src/index.ts"\nimport "../../crypto/src/index.ts"`,
    "packages/verify/test/x.test.ts": `import "../../crypto/test/helper.ts"`,
    "packages/crypto/test/helper.ts": "export {}",
    "scripts/x.ts": `import "../packages/crypto/src/index.ts"`,
    "packages/crypto/src/index.ts": `import "../../../scripts/x.ts"`,
  }
  assert.deepEqual(
    broken(t, files)
      .filter((rule) => rule.startsWith("DEEP_IMPORT"))
      .sort(),
    [
      "DEEP_IMPORT packages/crypto/src/index.ts:1",
      "DEEP_IMPORT packages/verify/src/index.ts:1",
      "DEEP_IMPORT packages/verify/src/index.ts:2",
      "DEEP_IMPORT packages/verify/test/x.test.ts:1",
      "DEEP_IMPORT scripts/x.ts:1",
    ],
  )
})

test("what a browser lacks is refused wherever a browser-safe door reaches it", (t) => {
  const files = {
    "packages/client/src/index.ts": `import "./internal/a.ts"`,
    "packages/client/src/internal/a.ts": `import "node:fs"\nconst { Buffer: b } = { Buffer: 1 }\nBuffer.from("")\nglobalThis.process.exit()`,
    "packages/protocol/src/index.ts": `export const a = { process: 1 }.process\nimport(a)\nWebAssembly.compile(a)`,
    "packages/crypto/src/node.ts": "Buffer.from('')",
  }
  assert.deepEqual(
    broken(t, files)
      .filter((rule) => rule.startsWith("NOT_BROWSER_SAFE"))
      .sort(),
    [
      "NOT_BROWSER_SAFE packages/client/src/internal/a.ts:1",
      "NOT_BROWSER_SAFE packages/client/src/internal/a.ts:2", // the name is bound to another, in a pattern: still better avoided
      "NOT_BROWSER_SAFE packages/client/src/internal/a.ts:4",
      "NOT_BROWSER_SAFE packages/protocol/src/index.ts:2",
      "NOT_BROWSER_SAFE packages/protocol/src/index.ts:3",
    ],
  )
})

test("nothing inside the enclave reaches files, the network or the chain", (t) => {
  const files = {
    "packages/enclave/src/worker-program.ts": `import "./core.ts"\nimport "node:crypto"`,
    "packages/enclave/src/core.ts": `import "node:fs/promises"\nimport "ethers"\nimport "fs"`,
    "packages/enclave/src/host.ts": `import "node:fs"`,
  }
  assert.deepEqual(
    broken(t, files).filter((rule) => rule.startsWith("NOT_ENCLAVE_SAFE")),
    [
      "NOT_ENCLAVE_SAFE packages/enclave/src/core.ts:1",
      "NOT_ENCLAVE_SAFE packages/enclave/src/core.ts:2",
      "NOT_ENCLAVE_SAFE packages/enclave/src/core.ts:3",
    ],
  )
})

test("an enclave program is no part of its host", (t) => {
  const files = { "packages/enclave/src/host.ts": `import "./worker-program.ts"` }
  assert.deepEqual(broken(t, files), ["FORBIDDEN_IMPORT packages/enclave/src/host.ts:1"])
})

test("dependencies are what is imported, no more and no less", (t) => {
  const files = {
    "packages/verify/src/index.ts": `import "@enigma-discovery/crypto"\nimport "zod"`,
    "packages/verify/test/x.test.ts": `import "left-pad"`,
    "packages/protocol/tsconfig.json": JSON.stringify({ references: [{ path: "../crypto" }] }),
  }
  assert.deepEqual(
    check(t, files)
      .map(({ rule, where }) => `${rule} ${where}`)
      .sort(),
    [
      "REFERENCES_DIFFER packages/protocol/package.json",
      "UNDECLARED_DEPENDENCY packages/verify/src/index.ts:2",
      "UNDECLARED_DEPENDENCY packages/verify/test/x.test.ts:1",
      "UNUSED_DEPENDENCY packages/verify/package.json",
    ],
  )
})

test("a package that belongs to one room is refused in another", (t) => {
  const files = { "packages/protocol/src/index.ts": `import "@noble/hashes/sha3.js"\nimport "ethers"` }
  assert.deepEqual(
    broken(t, files).filter((rule) => rule.startsWith("RESERVED_PACKAGE")),
    ["RESERVED_PACKAGE packages/protocol/src/index.ts:1", "RESERVED_PACKAGE packages/protocol/src/index.ts:2"],
  )
})

test("a ring of files is refused, a ring of types is not", (t) => {
  const ring = (word: string) => ({
    "packages/protocol/src/a.ts": `import { b } from "./b.ts"\nexport const a = b`,
    "packages/protocol/src/b.ts": `import ${word} { a } from "./a.ts"\nexport const b = 1`,
  })
  assert.deepEqual(broken(t, ring("type")), [])
  assert.deepEqual(broken(t, ring("")), ["CYCLE packages/protocol/src/a.ts"])
  const through = (code: string) => ({
    "packages/verify/src/a.ts": code,
    "packages/verify/src/b.ts": `import "./a.ts"`,
  })
  assert.deepEqual(broken(t, through(`export type B = import("./b.ts").B`)), [])
  assert.deepEqual(broken(t, through(`await import("./b.ts")`)), ["CYCLE packages/verify/src/a.ts"])
})

test("a door without a layer, or without its file, is named", (t) => {
  const exports = { ".": { "@enigma/source": "./src/gone.ts" }, "./extra": { "@enigma/source": "./src/index.ts" } }
  const files = { "packages/protocol/package.json": JSON.stringify({ name: "@enigma-discovery/protocol", exports }) }
  assert.deepEqual(broken(t, files), [
    "UNKNOWN_DOOR packages/protocol/package.json",
    "MISSING_FILE packages/protocol/package.json",
  ])
})

test("what may be imported is closed under importing", () => {
  assert.deepEqual([...allowedFrom("client")].sort(), ["chain/follow", "contracts", "crypto", "protocol", "verify"])
  assert.deepEqual([...allowedFrom("protocol")], [])
})

test("the rules are drawn between the markers and nowhere else", () => {
  const document = "# A\n<!-- layers:begin -->\nold\n<!-- layers:end -->\nz\n"
  const drawn = withLayers(document) ?? ""
  assert.ok(drawn.startsWith("# A\n<!-- layers:begin -->\n| package |") && drawn.endsWith("<!-- layers:end -->\nz\n"))
  assert.ok(drawn.includes(drawLayers()) && !drawn.includes("old"))
  assert.equal(withLayers(drawn), drawn)
  assert.equal(withLayers("# A\n"), undefined)
})
