/**
 * Requests of a test that move the chain back or far ahead: the network goes with it. So `loadFixture`, which knows nothing of
 * secret contracts, brings back their state too.
 */
import type { JsonRpcRequest, JsonRpcResponse } from "hardhat/types/providers"
import { type InProcessNetwork, isOwnRequest } from "./in-process.ts"

type Pass = () => Promise<JsonRpcResponse>
type Handler = (network: InProcessNetwork, request: JsonRpcRequest, pass: Pass) => Promise<JsonRpcResponse>

const answer = ({ id }: JsonRpcRequest, result: unknown): JsonRpcResponse => ({ jsonrpc: "2.0", id, result })
const paramsOf = ({ params }: JsonRpcRequest): readonly unknown[] => (Array.isArray(params) ? params : [])
const resultOf = (response: JsonRpcResponse): unknown => ("result" in response ? response.result : undefined)

const HANDLERS: Readonly<Record<string, Handler>> = {
  async evm_snapshot(network, _request, pass) {
    const devnet = await network.ifUsed()
    await devnet?.settle() // what is under way belongs to the state that is kept
    const response = await pass()
    const id = resultOf(response)
    if (typeof id === "string") await network.keep(id)
    return response
  },

  async evm_revert(network, request, pass) {
    const [id] = paramsOf(request)
    if (typeof id === "string" && network.isUsedUp(id)) return answer(request, false)
    if (typeof id === "string" && (await network.restore(id))) return answer(request, true)
    const response = await pass()
    if (resultOf(response) === true) await network.forget()
    return response
  },

  /** Many blocks at once have parent hashes that lead nowhere, which no follower of headers can accept. */
  async hardhat_mine(network, request, pass) {
    const [count = "0x1", interval] = paramsOf(request)
    const devnet = await network.ifUsed()
    const blocks = typeof count === "string" ? Number(count) : 0
    if (devnet === undefined || !(blocks > 1)) return await pass()
    for (let mined = 0; mined < blocks; mined++) {
      if (mined > 0 && typeof interval === "string") await network.nextBlockAfter(Number(interval))
      await devnet.mine(1)
    }
    return answer(request, true)
  },
}

export async function onChainRequest(
  network: InProcessNetwork,
  request: JsonRpcRequest,
  pass: Pass,
): Promise<JsonRpcResponse> {
  const handler = HANDLERS[request.method]
  const seen = () => network.reads.passing(request.method, pass)
  return handler === undefined || isOwnRequest() ? await seen() : await handler(network, request, seen)
}
