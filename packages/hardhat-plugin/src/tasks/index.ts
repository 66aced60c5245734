import { task } from "hardhat/config"
import { ArgumentType } from "hardhat/types/arguments"
import type { TaskDefinition } from "hardhat/types/tasks"

const optional = { type: ArgumentType.STRING_WITHOUT_DEFAULT, defaultValue: undefined } as const
const FROM = {
  name: "from",
  description: "Account that signs: its number on the network, or its address",
  defaultValue: "0",
} as const
const JSON_FLAG = { name: "json", description: "Print one JSON value" } as const
const CONTRACT = { name: "contract", description: "Name of the secret contract" } as const
const ADDRESS = { name: "address", description: "Where it is deployed" } as const

export const enigmaTasks: TaskDefinition[] = [
  task("enigma:node", "Starts a local network with Enigma, until Ctrl-C")
    .addOption({ name: "port", description: "Port of its chain", type: ArgumentType.INT, defaultValue: 8545 })
    .addOption({ name: "blockTimeMs", description: "Pause between blocks", type: ArgumentType.INT, defaultValue: 250 })
    .addOption({ name: "epochBlocks", description: "Blocks an epoch", type: ArgumentType.INT, defaultValue: 40 })
    .addOption({
      ...{ name: "out", description: "File for a network's `enigma.deployment`" },
      defaultValue: "enigma-network.json",
    })
    .setAction(() => import("./node.ts"))
    .build(),
  task("enigma:deploy", "Deploys a secret contract")
    .addPositionalArgument(CONTRACT)
    .addVariadicArgument({ name: "arguments", description: "Arguments of its constructor", defaultValue: [] })
    .addOption(FROM)
    .addOption({ name: "salt", description: "32 bytes, 0x-hex", ...optional })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./deploy.ts"))
    .build(),
  task("enigma:call", "Calls a secret contract: records a task, tells the decrypted result")
    .addPositionalArgument(CONTRACT)
    .addPositionalArgument(ADDRESS)
    .addPositionalArgument({ name: "function", description: "Its name, or its signature" })
    .addVariadicArgument({ name: "arguments", description: "Its arguments", defaultValue: [] })
    .addOption(FROM)
    .addOption({ name: "gasLimit", description: "WASM gas the task may use", ...optional })
    .addOption({ name: "callbackGas", description: "Ethereum gas for the contract's own calls", ...optional })
    .addOption({ name: "value", description: "Wei that the call pays", ...optional })
    .addFlag(JSON_FLAG)
    .setAction(() => import("./call.ts"))
    .build(),
  task("enigma:query", "Reads from a secret contract, privately and for free")
    .addPositionalArgument(CONTRACT)
    .addPositionalArgument(ADDRESS)
    .addPositionalArgument({ name: "function", description: "Its name, or its signature" })
    .addVariadicArgument({ name: "arguments", description: "Its arguments", defaultValue: [] })
    .addOption(FROM)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./query.ts"))
    .build(),
  task("enigma:verify", "Shows why a secret contract may be trusted, each link checked")
    .addPositionalArgument(CONTRACT)
    .addPositionalArgument(ADDRESS)
    .addOption({ name: "task", description: "Index of the task whose receipt is shown; the last one", ...optional })
    .addOption(FROM)
    .addFlag(JSON_FLAG)
    .setAction(() => import("./verify.ts"))
    .build(),
  task("enigma:debug", "Executes one task again from its replay bundle, with a trace")
    .addPositionalArgument({ name: "bundle", description: "File that `enigma.debug.capture` wrote" })
    .setAction(() => import("./debug.ts"))
    .build(),
]
