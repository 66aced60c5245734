/** What the tasks that talk to a network share: the connection of `--network`, a signer, a contract by name and address. */
import type { Signer } from "ethers"
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre"
import { requireArtifact, type SecretArtifact } from "../build/artifacts.ts"
import { pluginErrors } from "../errors.ts"
import type { DeployOptions, Enigma, SecretContract } from "../types.ts"

/** `enigma` for contracts whose names come from a command line. */
export interface NamelessEnigma extends Pick<Enigma, "client"> {
  deploy(name: string, args: readonly unknown[], options: DeployOptions): Promise<SecretContract>
  getContractAt(name: string, address: string, signer: Signer): Promise<SecretContract>
}

export interface Session {
  readonly enigma: NamelessEnigma
  readonly signer: Signer
  readonly artifact: SecretArtifact
}

export interface SessionArguments {
  readonly contract: string
  /** Number of an account of the network, or its address. */
  readonly from: string
}

export async function openSession(
  hre: HardhatRuntimeEnvironment,
  { contract, from }: SessionArguments,
): Promise<Session> {
  const artifact = await requireArtifact(hre.config.enigma.artifacts, contract)
  const { enigma, ethers } = await hre.network.getOrCreate()
  const signers = await ethers.getSigners()
  const byAddress = signers.find(({ address }) => address.toLowerCase() === from.toLowerCase())
  const signer = byAddress ?? (/^\d+$/.test(from) ? signers[Number(from)] : undefined)
  if (signer === undefined) {
    const want = `this network has accounts 0 to ${signers.length - 1}`
    throw pluginErrors.make("BAD_ARGUMENT", { what: "--from", got: from, want })
  }
  return { enigma: enigma as unknown as NamelessEnigma, signer, artifact }
}
