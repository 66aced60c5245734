import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { KeyManager } from "./core/key-manager.ts"
import { KEY_MANAGER_CALLS } from "./pipe/calls.ts"
import { runProgram } from "./pipe/run-program.ts"
import { serveCalls } from "./pipe/serve.ts"
import { endSilentlyOnFault, stdio } from "./pipe/stdio.ts"

const manager = new KeyManager(nodeCrypto)
endSilentlyOnFault(() => manager.wipe())
await runProgram(serveCalls(KEY_MANAGER_CALLS, manager), stdio())
manager.wipe()
process.exit(0)
