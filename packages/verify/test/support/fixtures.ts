import { addressOfSigningKey, SecretKey as Key, keccak256, type SecretKey } from "@enigma-discovery/crypto"
import { fromHex, type NetworkConfig, type TaskRecord, utf8Bytes } from "@enigma-discovery/protocol"

export const fill = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
export const address = (byte: number): Uint8Array => fill(byte, 20)

export interface Signer {
  readonly key: SecretKey
  readonly address: Uint8Array
}

export function signer(name: string): Signer {
  const key = Key.take(keccak256(utf8Bytes(name)))
  return { key, address: addressOfSigningKey(key) }
}

export const enigma = fromHex("0x00000000000000000000000000000000000000e1")
export const contract = address(0x22)
export const domain = { chainId: 31_337n, enigma }
export const witnesses = ["witness 1", "witness 2", "witness 3"].map(signer)

export const config: NetworkConfig = {
  version: 1,
  ...domain,
  epochLengthBlocks: 40,
  depth: 2,
  storageReceipts: 1,
  witnessThreshold: 2,
  witnesses: witnesses.map((w) => w.address),
  keyThreshold: 1,
  keyManagers: 1,
  beaconKey: fill(0x0b, 256),
  contractKey: fill(0x0c, 256),
  expiryBlocks: 160,
  inputsGraceBlocks: 4,
  keyManagerMeasurement: fill(0x77, 32),
}

export const record = (fields: Partial<TaskRecord> = {}): TaskRecord => ({
  sender: address(0xa1),
  inputsHash: fill(0xd0, 32),
  gasLimit: 100_000n,
  gasPriceGrains: 3n,
  callbackGas: 0n,
  callbackPriceGrains: 0n,
  flags: 0,
  token: address(0),
  amount: 0n,
  blockNumber: 100n,
  timestampS: 1_700_000_000n,
  ...fields,
})
