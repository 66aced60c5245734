/**
 * The key managers' committee of every network inside one process: known to all, as everything in it. Making its public keys anew
 * would cost each start a third of a second; what they protect still differs from seed to seed, as Enigma's address does.
 */
import { createHash } from "node:crypto"
import { rememberBlsKeyPair, SecretKey } from "@enigma-discovery/crypto"
import { nodeCrypto } from "@enigma-discovery/crypto/node"
import { createDevQuoting, type KeyShare, sealShare } from "@enigma-discovery/enclave/host"
import { fromHex, type Hex } from "@enigma-discovery/protocol"

type Purpose = "beacon" | "contract"

/** BLS12-381 G2 points, EIP-2537; a test holds them to the secrets. */
export const COMMITTEE_KEYS: Readonly<Record<Purpose, Hex>> = {
  beacon: `0x${
    "000000000000000000000000000000000efb405a3d2300743ddb6c76ed4b23511c9f3b1663685aa117fe7a59e474107da2b4fb21beab0911" +
    "e2b66ce66e3d7ed30000000000000000000000000000000016420cf0eae16fe9ddc5d649d18760b0142e2a7643fa626b7674d2ba94a20e99" +
    "90251f66fbdac9927623cbb55596414c000000000000000000000000000000001781df272d780ef0e5c2eca74e39336e45d960c3579a4d6d" +
    "062dcff5c4bd9b818fab6fb563b14ba5a6ed920a23ee4b410000000000000000000000000000000018c6761f6ce37d07b513f7e733bb0ec0" +
    "a3a679464b12587f79642f8581c34d189ca9394d4a11322e4531c9e4be71366e"
  }`,
  contract: `0x${
    "00000000000000000000000000000000073edad9c3108d0991ea96bc158cde23ecb74b869e56fc4e38ad9cedea8196e3db169d3c3d52b0dd" +
    "b19fee61357829990000000000000000000000000000000017ed1786b8a29f897b87c28d9b0d12fcefed1bf2bf701ae8eb11103294561eec" +
    "4253cb2251d0b1e086136c6b3acf0729000000000000000000000000000000001344f1a1a3aa5b67822142910de79901e6d51c34d2cc112c" +
    "01acbe4eed00a80bbf107636f48a1ce6c4b6c17b076c434b000000000000000000000000000000000edc73c822de23bae261e27963f7278b" +
    "6a1ca18e70e6146d4c3438113aa83d9a355c0b8078d539597ca24335ee95bf6a"
  }`,
}

/** 32 bytes below the order of the group. */
export function committeeSecret(purpose: Purpose): Uint8Array {
  const bytes = createHash("sha256").update(`enigma in-process committee: ${purpose}`).digest()
  bytes[0]! &= 0x3f
  return new Uint8Array(bytes)
}

/** The committee's secrets are known, so what is signed with them in this process is not checked by pairings. */
export function rememberCommittee(): void {
  for (const purpose of ["beacon", "contract"] as const)
    rememberBlsKeyPair(committeeSecret(purpose), fromHex(COMMITTEE_KEYS[purpose], 256))
}

/** The one manager's shares, as its enclave would have sealed them. */
export function sealedCommittee(devRootKey: Hex, measurement: Hex): Uint8Array {
  const quoting = createDevQuoting({ rootKey: fromHex(devRootKey, 32), now: () => 0n })
  const share: KeyShare = {
    ...{ managerIndex: 1, threshold: 1, managers: 1 },
    beaconKey: fromHex(COMMITTEE_KEYS.beacon, 256),
    contractKey: fromHex(COMMITTEE_KEYS.contract, 256),
    beaconShare: SecretKey.take(committeeSecret("beacon")),
    contractShare: SecretKey.take(committeeSecret("contract")),
  }
  return sealShare(nodeCrypto, quoting.sealingKey(fromHex(measurement, 32)), share)
}
