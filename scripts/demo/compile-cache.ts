// Imported first: what Node makes of our sources is kept beside the installed packages, for this process and those it starts.
// A network starts six Node processes from the same sources; with the cache each needs half the time.
import { enableCompileCache } from "node:module"
import path from "node:path"
import { root } from "../contracts/hardhat.ts"

process.env.NODE_COMPILE_CACHE ??= path.join(root, "node_modules/.cache/enigma-compile")
enableCompileCache(process.env.NODE_COMPILE_CACHE)
