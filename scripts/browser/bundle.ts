// Bundles for the browser without polyfills, and loads the bundle where there is nothing but web standards.
import vm from "node:vm"
import { gzipSync } from "node:zlib"
import { build, type Metafile } from "esbuild"
import { NOT_IN_BROWSER } from "../layers/rules.ts"

const LOAD_MS = 20_000
/** A name that no program has: esbuild puts it where a global is meant, and leaves variables of that name alone. */
const MARK = "nodeGlobal$"
const WEB = [
  ...["console", "crypto", "TextEncoder", "TextDecoder", "URL", "URLSearchParams", "AbortController", "AbortSignal"],
  ...["Event", "EventTarget", "fetch", "Headers", "Request", "Response", "WebSocket", "atob", "btoa", "performance"],
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "queueMicrotask", "structuredClone"],
]

export interface Report {
  readonly sizeBytes: number
  readonly gzipBytes: number
  readonly problems: readonly string[]
  readonly largest: readonly string[]
}

/** @param contents of a module that imports what is to be checked; @param resolveDir where it stands */
export async function bundleForBrowser(contents: string, resolveDir: string): Promise<Report> {
  const none = { sizeBytes: 0, gzipBytes: 0, largest: [] }
  const bundle = async (minify: boolean) =>
    await build({
      stdin: { contents, resolveDir, sourcefile: "bundle.js" },
      absWorkingDir: resolveDir,
      bundle: true,
      minify,
      platform: "browser",
      format: "iife",
      globalName: "bundle",
      conditions: ["@enigma/source"],
      define: Object.fromEntries([...NOT_IN_BROWSER].map((name) => [name, MARK + name])),
      metafile: true,
      write: false,
      logLevel: "silent",
    })
  try {
    const [plain, small] = await Promise.all([bundle(false), bundle(true)])
    const text = plain.outputFiles[0]?.text ?? ""
    const size = small.outputFiles[0]?.contents ?? new Uint8Array()
    return {
      sizeBytes: size.length,
      gzipBytes: gzipSync(size).length,
      problems: [...globalsIn(text), ...load(text)],
      largest: largestParts(small.metafile),
    }
  } catch (error) {
    const { errors } = error as { errors?: { text: string; location?: { file: string; line: number } | null }[] }
    if (!errors) throw error
    return {
      ...none,
      problems: errors.map(
        ({ text, location }) => `${location?.file ?? "bundle.js"}:${location?.line ?? 1} ${text.split("\n")[0]}`,
      ),
    }
  }
}

function globalsIn(text: string): string[] {
  const lines = text.split("\n")
  return lines.flatMap((line, index) => {
    const name = new RegExp(`(?<!typeof )${MARK.replace("$", "\\$")}(\\w+)`).exec(line)?.[1]
    if (name === undefined) return []
    const file = lines.slice(0, index).findLast((one) => /^ {2}\/\/ \S+\.\w+$/.test(one))
    return [`${file?.slice(5) ?? "?"} names the global ${name}: ${line.trim().slice(0, 80)}`]
  })
}

function load(text: string): string[] {
  const context = vm.createContext(Object.fromEntries(WEB.map((name) => [name, Reflect.get(globalThis, name)])), {
    codeGeneration: { strings: false, wasm: false },
  })
  context.self = context.window = context
  try {
    vm.runInContext(text, context, { timeout: LOAD_MS })
    return []
  } catch (error) {
    return [`does not load: ${String(error)}`]
  }
}

function largestParts(meta: Metafile): string[] {
  const parts = new Map<string, number>()
  for (const [file, { bytesInOutput }] of Object.values(meta.outputs).flatMap((one) => Object.entries(one.inputs))) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file.split("/").slice(0, 2).join("/")
    parts.set(name, (parts.get(name) ?? 0) + bytesInOutput)
  }
  return [...parts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([name, bytes]) => `${name} ${kilobytes(bytes)}`)
}

export const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
