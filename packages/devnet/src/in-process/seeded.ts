/** Everything random that the launcher chooses, derived from one printed seed. */
import { createHash, randomBytes } from "node:crypto"
import { type Hex, toHex } from "@enigma-discovery/protocol"
import { Wallet } from "ethers"
import type { DevAccount } from "../accounts.ts"

export const newSeed = (): string => randomBytes(8).toString("hex")

export interface Seeded {
  /** 32 bytes of their own for each name. */
  bytes(name: string): Uint8Array
  /** As a secp256k1 key. */
  key(name: string): Hex
  account(name: string): DevAccount
  /** The next number of a named sequence, from 0 up to 1. */
  random(name: string): number
}

export function seeded(seed: string): Seeded {
  const counters = new Map<string, number>()
  const bytes = (name: string) =>
    new Uint8Array(createHash("sha256").update(`enigma in-process/${seed}/${name}`).digest())
  const key = (name: string) => toHex(bytes(name))
  return {
    bytes,
    key,
    account(name) {
      const privateKey = key(`account ${name}`)
      return Object.freeze({ name, address: new Wallet(privateKey).address, privateKey })
    },
    random(name) {
      const count = counters.get(name) ?? 0
      counters.set(name, count + 1)
      const word = bytes(`${name} ${count}`)
      return new DataView(word.buffer, word.byteOffset).getUint32(0) / 2 ** 32
    },
  }
}
