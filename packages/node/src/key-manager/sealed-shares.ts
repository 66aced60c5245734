/** A key manager's shares as its enclave sealed them: bytes this process can neither open nor make. */
import { mkdir, open, readFile, rename } from "node:fs/promises"
import { dirname, join } from "node:path"
import { nodeErrors } from "../errors.ts"

const FILE = "key-shares.sealed"

/** Where a key manager's sealed shares are kept. */
export interface ShareStore {
  /** Undefined where there are none. */
  read(): Promise<Uint8Array | undefined>
  write(sealed: Uint8Array): Promise<void>
}

export const sharesIn = (directory: string): ShareStore => ({
  read: () => readShares(directory),
  write: (sealed) => writeShares(directory, sealed),
})

/** Undefined where there are none. */
export async function readShares(directory: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(join(directory, FILE)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw nodeErrors.make("STORE_UNUSABLE", { directory }, { cause: error })
  }
}

/** Whole or not at all, and on the disk when it resolves: what is lost here is lost to the network. */
export async function writeShares(directory: string, sealed: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, FILE)
  const draft = `${path}.${process.pid}.tmp`
  const file = await open(draft, "w", 0o600)
  try {
    await file.writeFile(sealed)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(dirname(path), "r")
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
