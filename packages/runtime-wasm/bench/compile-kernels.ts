import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import asc from "assemblyscript/asc"

export const KERNELS = ["sha256", "quicksort", "matmul", "fib", "map", "strings"] as const

/** Compiles a kernel for speed, with the garbage-collected runtime: what a heavy contract would use. */
export async function compileKernel(name: (typeof KERNELS)[number]): Promise<Uint8Array> {
  const folder = fileURLToPath(new URL("kernels", import.meta.url))
  let wasm: Uint8Array | undefined
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(
    [`${name}.ts`, "--baseDir", folder, "--outFile", "out.wasm", "-O3", "--use", "abort="],
    {
      stderr,
      readFile: (file) => readFile(`${folder}/${file}`, "utf8").catch(() => null),
      writeFile: (_name, contents) => {
        if (contents instanceof Uint8Array) wasm = contents
      },
      listFiles: () => [],
    },
  )
  if (error !== null || wasm === undefined) throw new Error(`kernel ${name} does not compile: ${stderr.toString()}`)
  return wasm
}
