// The steps of `npm test`, in the order in which they fail fastest. Nothing runs that is not in this table.
import path from "node:path"

export type StepKind = "check" | "files" | "hardhat"

interface Common {
  readonly name: string
  readonly title: string
  readonly limitMs: number
  /** Left out unless asked for by name. */
  readonly onlyIfAsked?: true
}

/** Commands that succeed or not: one test each. */
export interface CheckStep extends Common {
  readonly kind: "check"
  readonly commands: readonly (readonly string[])[]
}

/** node:test files. */
export interface FilesStep extends Common {
  readonly kind: "files"
  readonly globs: readonly string[]
  readonly concurrency: number
  readonly testLimitMs: number
  readonly fileLimitMs: number
}

/** Hardhat's own runners: Mocha and Solidity tests. */
export interface HardhatStep extends Common {
  readonly kind: "hardhat"
  /** Options of Hardhat before the task: another configuration. */
  readonly options?: readonly string[]
  readonly globs: readonly string[]
}

export type Step = CheckStep | FilesStep | HardhatStep

const SECOND = 1_000
const MINUTE = 60 * SECOND

export const root = path.resolve(import.meta.dirname, "../..")
const installed = (file: string) => [process.execPath, path.join(root, "node_modules", file)]
const script = (file: string) => [process.execPath, path.join(root, "scripts", file)]
const vectors = (file: string) => [process.execPath, path.join(root, "packages/testing/scripts", file)]
export const HARDHAT = script("hardhat.ts")

const EXAMPLES = ["--config", "examples/hardhat.config.ts"]

export const STEPS: readonly Step[] = [
  {
    name: "lint",
    title: "Biome: format and lint; interfaces in Solidity say what each part means",
    kind: "check",
    limitMs: 2 * MINUTE,
    commands: [
      [...installed("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."],
      script("check-natspec.ts"),
    ],
  },
  {
    name: "layers",
    title: "who imports whom, as ARCHITECTURE.md shows",
    kind: "check",
    limitMs: 2 * MINUTE,
    commands: [script("check-layers.ts")],
  },
  {
    name: "mutants",
    title: "each guarded line of test/mutants is there to be broken (npm run test:mutants breaks them)",
    kind: "check",
    limitMs: MINUTE,
    commands: [[...script("test-mutants.ts"), "--check"]],
  },
  {
    name: "vectors",
    title: "vectors and WebAssembly are what their scripts make of their sources",
    kind: "check",
    limitMs: 2 * MINUTE,
    commands: [
      ...["contract", "draw", "protocol", "query"].map((name) => [...vectors(`${name}-vectors.ts`), "--check"]),
      [process.execPath, path.join(root, "packages/crypto/scripts/build-gcm-siv.ts"), "--check"],
    ],
  },
  {
    name: "generated",
    title: "contracts compile, and what is generated from them is up to date",
    kind: "check",
    limitMs: 6 * MINUTE,
    commands: [[...script("build-contracts.ts"), "--check"]],
  },
  {
    name: "types",
    title: "TypeScript, packages and tests",
    kind: "check",
    limitMs: 5 * MINUTE,
    commands: [
      [...installed("typescript/bin/tsc"), "-b"],
      [...installed("typescript/bin/tsc"), "-p", "tsconfig.check.json"],
      [...HARDHAT, "build", "--quiet"], // writes the types that contract tests use
      [...installed("typescript/bin/tsc"), "-p", "tsconfig.contracts.json"],
      [...HARDHAT, ...EXAMPLES, "build", "--quiet"],
      [...installed("typescript/bin/tsc"), "-p", "tsconfig.examples.json"],
    ],
  },
  {
    name: "tooling",
    title: "the scripts that check everything else",
    kind: "files",
    limitMs: 4 * MINUTE,
    globs: ["test/tooling/*.test.ts"],
    concurrency: 2,
    testLimitMs: MINUTE,
    fileLimitMs: 2 * MINUTE,
  },
  {
    name: "packages",
    title: "every package by itself",
    kind: "files",
    limitMs: 10 * MINUTE,
    globs: ["packages/*/test/**/*.test.ts"],
    concurrency: 2,
    testLimitMs: MINUTE,
    fileLimitMs: 3 * MINUTE,
  },
  {
    name: "examples",
    title: "the examples' secret contracts, simulated",
    kind: "files",
    limitMs: 4 * MINUTE,
    globs: ["examples/*/simulate/*.test.ts"],
    concurrency: 2,
    testLimitMs: MINUTE,
    fileLimitMs: 2 * MINUTE,
  },
  {
    name: "browser",
    title: "the browser-safe packages, bundled and loaded without Node",
    kind: "check",
    limitMs: 2 * MINUTE,
    commands: [script("check-browser-bundle.ts")],
  },
  {
    name: "contracts",
    title: "Solidity, by Hardhat's Mocha and Solidity runners",
    kind: "hardhat",
    limitMs: 10 * MINUTE,
    globs: ["contracts-sol/test/**/*.{t.sol,test.ts}"],
  },
  {
    name: "plugin",
    title: "the examples, by Hardhat's Mocha runner with the plugin on the network inside one process",
    kind: "hardhat",
    limitMs: 5 * MINUTE,
    options: EXAMPLES,
    globs: ["examples/*/test/*.test.ts"],
  },
  {
    name: "e2e",
    title: "whole networks, end to end",
    kind: "files",
    limitMs: 12 * MINUTE,
    globs: ["test/e2e/*.test.ts"],
    concurrency: 1,
    testLimitMs: 5 * MINUTE,
    fileLimitMs: 6 * MINUTE,
  },
  {
    name: "chromium",
    title: "the client in a real browser, against a whole network",
    kind: "files",
    limitMs: 6 * MINUTE,
    globs: ["test/chromium/*.test.ts"],
    concurrency: 1,
    testLimitMs: 4 * MINUTE,
    fileLimitMs: 4 * MINUTE,
    onlyIfAsked: true,
  },
  {
    name: "bootstrap",
    title: "installing on fresh clones",
    kind: "files",
    limitMs: 20 * MINUTE,
    globs: ["test/bootstrap/*.test.ts"],
    concurrency: 1,
    testLimitMs: 10 * MINUTE,
    fileLimitMs: 20 * MINUTE,
    onlyIfAsked: true,
  },
]
