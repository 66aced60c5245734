/** An Ethereum chain in this process with a contract on it that opens epochs as Enigma does, except for the pairing. */
import { createRequire } from "node:module"
import { type ChainRpc, enigmaInterface, latestBlock, rpcOfEip1193 } from "@enigma-discovery/chain/follow"
import { createTransactor, memoryLedger, type Transactor } from "@enigma-discovery/chain/transact"
import { fromHex, type Hex, type NetworkConfig, toHex } from "@enigma-discovery/protocol"
import { SLOT, trustHash } from "@enigma-discovery/verify"
import { AbiCoder, Interface, type ParamType } from "ethers"
import { network as hardhatNetwork } from "hardhat"

/** Accounts that Hardhat funds; public knowledge. */
export const FUNDED_KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
].map((hex) => fromHex(hex))
const DEPLOYER = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"

const SOURCE = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Epochs {
    event EpochOpened(uint32 indexed epoch, bytes32 seed, uint256 scheduledStartBlock, address indexed keeper, uint256 reward);
    error NoEpochDue(uint256 scheduledStartBlock, uint256 openedStartBlock);
    uint256 immutable slot; uint256 immutable length; uint256 immutable window;
    bytes answer;
    constructor(uint256 s, uint256 l, uint256 w, bytes memory parameters_, uint256 state) {
        slot = s; length = l; window = w; answer = parameters_;
        assembly { sstore(s, state) }
    }
    function setAnswer(bytes calldata parameters_) external { answer = parameters_; }
    function parameters() external view {
        bytes memory a = answer;
        assembly { return(add(a, 32), mload(a)) }
    }
    function openEpoch(bytes calldata beacon) external {
        uint256 s = slot; uint256 state;
        assembly { state := sload(s) }
        uint256 start = block.number - block.number % length;
        uint256 opened = (state >> 80) & 0xffffffffffff;
        if (start <= opened || block.number > start + window) revert NoEpochDue(start, opened);
        uint256 epoch = (state & 0xffffffff) + 1;
        state = (state >> 128 << 128) | epoch | (block.number << 32) | (start << 80);
        assembly { sstore(s, state) }
        emit EpochOpened(uint32(epoch), keccak256(beacon), start, msg.sender, 0);
    }
}`

const doubleInterface = new Interface(["function setAnswer(bytes)"])
let bytecode: string | undefined
function compiled(): string {
  if (bytecode !== undefined) return bytecode
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string }
  const input = {
    language: "Solidity",
    sources: { "Epochs.sol": { content: SOURCE } },
    settings: { outputSelection: { "*": { Epochs: ["evm.bytecode.object"] } } },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input)))
  bytecode = `0x${output.contracts["Epochs.sol"].Epochs.evm.bytecode.object}`
  return bytecode
}

/** Something of each type that an ABI can ask for. */
const blank = ({ type, components }: ParamType): unknown =>
  type === "tuple"
    ? components!.map(blank)
    : type === "address"
      ? `0x${"00".repeat(20)}`
      : type === "bytes32"
        ? `0x${"00".repeat(32)}`
        : type === "bytes"
          ? "0x"
          : type === "bool"
            ? false
            : 0

function parametersAnswer(fields: Readonly<Record<string, unknown>>): Hex {
  const [output] = enigmaInterface.getFunction("parameters")!.outputs
  const values = output!.components!.map((component) => fields[component.name] ?? blank(component))
  return enigmaInterface.encodeFunctionResult("parameters", [values]) as Hex
}

export interface EpochsChain {
  readonly rpc: ChainRpc
  readonly enigma: Uint8Array
  readonly request: (method: string, ...params: unknown[]) => Promise<unknown>
  mine(blocks?: number): Promise<void>
  /** Mines until the chain's head has this number. */
  mineTo(block: number): Promise<void>
  head(): Promise<number>
  /** What the contract answers of its parameters from now on. */
  trust(network: NetworkConfig): Promise<void>
  transactor(key: Uint8Array): Promise<Transactor>
  close(): Promise<void>
}

export interface EpochsChainOptions {
  readonly epochLengthBlocks: number
  readonly openWindowBlocks: number
  /** Workers that the contract counts as logged in. */
  readonly activeWorkers?: number
}

export async function startEpochsChain(options: EpochsChainOptions): Promise<EpochsChain> {
  const { epochLengthBlocks, openWindowBlocks, activeWorkers = 0 } = options
  const connection = await hardhatNetwork.create()
  const request = (method: string, ...params: unknown[]) => connection.provider.request({ method, params })
  await request("evm_setAutomine", false)
  const rpc = rpcOfEip1193({
    request: ({ method, params }) => connection.provider.request({ method, params: [...(params ?? [])] }),
  })
  // One call a block: in a call for many, blocks are made up and their parent hashes lead nowhere.
  const mine = async (blocks = 1) => {
    for (let i = 0; i < blocks; i++) await request("hardhat_mine", "0x1")
  }
  const head = async () => (await latestBlock(rpc)).number
  const constructorData = AbiCoder.defaultAbiCoder().encode(
    ["uint256", "uint256", "uint256", "bytes", "uint256"],
    [
      SLOT.epochState(),
      epochLengthBlocks,
      openWindowBlocks,
      parametersAnswer({ openWindowBlocks }),
      BigInt(activeWorkers) << 160n,
    ],
  )
  const hash = await request("eth_sendTransaction", { from: DEPLOYER, data: compiled() + constructorData.slice(2) })
  await mine()
  const { contractAddress } = (await request("eth_getTransactionReceipt", hash)) as { contractAddress: string }
  const enigma = fromHex(contractAddress.toLowerCase())
  const transactors: Transactor[] = []
  return {
    rpc,
    enigma,
    request,
    mine,
    head,
    mineTo: async (block) => mine(Math.max(0, block - (await head()))),
    async trust(config) {
      const answer = parametersAnswer({ openWindowBlocks, trustHash: toHex(trustHash(config)) })
      const data = doubleInterface.encodeFunctionData("setAnswer", [answer])
      await request("eth_sendTransaction", { from: DEPLOYER, to: toHex(enigma), data })
      await mine()
    },
    async transactor(key) {
      const made = createTransactor({
        rpc,
        chainId: 31_337n,
        secretKey: () => key,
        store: memoryLedger(),
        depth: 1,
        pollMs: 5,
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      })
      await made.start()
      transactors.push(made)
      return made
    },
    async close() {
      await Promise.all(transactors.map((transactor) => transactor.stop()))
      await connection.close()
    },
  }
}
