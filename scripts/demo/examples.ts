// The example's two halves: the secret contract, compiled now, and the Solidity contracts, compiled by Hardhat.
import fs from "node:fs"
import path from "node:path"
import type { Abi } from "@enigma-discovery/client"
import { compileContract } from "@enigma-discovery/sdk-as"
import { ContractFactory, type InterfaceAbi, type Signer } from "ethers"
import { root } from "../contracts/hardhat.ts"

const MILLIONAIRES = path.join(root, "examples/millionaires")

export interface SecretProgram {
  readonly wasm: Uint8Array
  readonly abi: Abi
}

export async function compileMillionaires(): Promise<SecretProgram> {
  const { wasm, abi } = await compileContract(path.join(MILLIONAIRES, "secret-contract/millionaires.ts"))
  return { wasm, abi: abi as Abi }
}

interface Artifact {
  readonly abi: InterfaceAbi
  readonly bytecode: string
}

/** Deploys one of the example's Solidity contracts and waits until it is there. */
export async function deploySolidity(artifacts: string, name: string, signer: Signer, args: readonly unknown[]) {
  const file = path.join(artifacts, `examples/millionaires/contracts/${name}.sol/${name}.json`)
  const { abi, bytecode } = JSON.parse(fs.readFileSync(file, "utf8")) as Artifact
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...args)
  const receipt = await contract.deploymentTransaction()?.wait()
  return { contract, address: await contract.getAddress(), gasUsed: receipt?.gasUsed ?? 0n, abi }
}
