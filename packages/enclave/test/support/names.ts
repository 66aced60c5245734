import { keccak256 } from "@enigma-discovery/crypto"
import { utf8Bytes } from "@enigma-discovery/protocol"

/** An address that belongs to a name. */
export const addressOf = (name: string): Uint8Array => keccak256(utf8Bytes(name)).slice(12)
