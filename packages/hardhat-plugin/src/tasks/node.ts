import { writeFile } from "node:fs/promises"
import path from "node:path"
import { toHex } from "@enigma-discovery/protocol"
import type { NewTaskActionFunction } from "hardhat/types/tasks"
import { pluginErrors } from "../errors.ts"

interface Arguments {
  readonly port: number
  readonly blockTimeMs: number
  readonly epochBlocks: number
  readonly out: string
}

/** `enigma:node`: the network of processes, kept up until Ctrl-C. */
const node: NewTaskActionFunction<Arguments> = async () => {
  void writeFile
  void path
  void toHex
  throw pluginErrors.make("NOT_THERE_YET", { what: "enigma:node", why: "x" })
}

export default node
