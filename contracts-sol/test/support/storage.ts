import { STORAGE_NAMESPACE } from "@enigma-discovery/protocol"
import { concat, id, keccak256, toBeHex, zeroPadValue } from "ethers"

interface HasProvider {
  readonly provider: { getStorage(address: string, slot: bigint): Promise<string> }
}

/** First slot of Enigma's namespace (ERC-7201). */
export const STORAGE_BASE = BigInt(keccak256(toBeHex(BigInt(id(STORAGE_NAMESPACE)) - 1n, 32))) & ~0xffn

/** First word of a mapping's value in Enigma's storage. @param member slot of the mapping within the namespace */
export async function chainWord(ethers: HasProvider, enigma: string, member: bigint, key: string): Promise<bigint> {
  const slot = BigInt(keccak256(concat([zeroPadValue(key, 32), toBeHex(STORAGE_BASE + member, 32)])))
  return BigInt(await ethers.provider.getStorage(enigma, slot))
}
