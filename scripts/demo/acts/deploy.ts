// Act 2: a secret contract and a Solidity contract that know each other's address before either exists.
import { randomBytes } from "node:crypto"
import { deployContract, deposit, predictAddress } from "@enigma-discovery/client"
import { keccak256 } from "@enigma-discovery/crypto"
import { GRAINS_PER_ENG } from "@enigma-discovery/devnet"
import { toHex } from "@enigma-discovery/protocol"
import { Contract, Wallet } from "ethers"
import { compileMillionaires, deploySolidity } from "../examples.ts"
import { clientOf } from "../people.ts"
import { gatewaysFor, type Scene, type Stage } from "../scene.ts"
import { seconds, short, thousands } from "../tell.ts"

const DEPOSIT_GRAINS = 100n * GRAINS_PER_ENG

export interface Deployed extends Stage {
  readonly registry: Contract
}

export async function deploy(scene: Scene): Promise<Deployed> {
  const { network, teller, claims, signal, people, artifacts } = scene
  const [deployer] = people
  if (!deployer) throw new Error("nobody is there to deploy")
  const startedAt = performance.now()
  const program = await compileMillionaires()
  teller.line("compiled", `AssemblyScript to ${thousands(program.wasm.length)} bytes of WASM`)

  const codeHash = toHex(keccak256(program.wasm))
  const userSalt = toHex(randomBytes(32))
  const anyGateway = clientOf(network, deployer, network.workers)
  const secretContract = await predictAddress(anyGateway, { deployer: deployer.address, codeHash, userSalt })
  const solidity = new Wallet(deployer.account.privateKey, network.chain.provider)
  const { address, abi, gasUsed } = await deploySolidity(artifacts, "RichestRegistry", solidity, [secretContract])
  const registry = new Contract(address, abi, network.chain.provider)
  teller.line(
    "Ethereum",
    `RichestRegistry ${short(address)}, ${thousands(gasUsed)} gas; listens to ${short(secretContract)} alone`,
  )

  for (const person of people) {
    const { gasUsed: gas } = await deposit(clientOf(network, person, network.workers), {
      amountGrains: DEPOSIT_GRAINS,
      signal,
    })
    teller.line(person.name, `deposits ${DEPOSIT_GRAINS / GRAINS_PER_ENG} ENG of credit, ${thousands(gas)} gas, once`)
  }

  const client = clientOf(network, deployer, await gatewaysFor(scene, secretContract))
  const { task, address: deployed } = await deployContract(client, {
    code: program.wasm,
    abi: program.abi,
    args: [address],
    userSalt,
    signal,
  })
  await task.result({ signal })
  teller.line("secret contract", `${deployed}, its constructor ran after ${seconds(performance.now() - startedAt)}`)
  claims.check("the secret contract has the address that was computed before", deployed === secretContract)
  return { ...scene, secretContract, program, registry }
}
