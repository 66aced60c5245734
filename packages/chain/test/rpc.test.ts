import assert from "node:assert/strict"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { after, before, describe, it } from "node:test"
import { JsonRpcProvider } from "ethers"
import { chainErrors } from "../src/errors.ts"
import { rpcOfEip1193, rpcOfEthers, rpcOverHttp } from "../src/follow.ts"

describe("RPC over HTTP", () => {
  let url: string
  let answer: (response: ServerResponse, body: { id: number; method: string }) => void
  const server = createServer((request, response) => {
    let body = ""
    request.on("data", (part) => {
      body += part
    })
    request.on("end", () => answer(response, JSON.parse(body)))
  })
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const json = (value: object, status = 200) => {
    answer = (response, { id }) => {
      response.writeHead(status, { "content-type": "application/json" })
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...value }))
    }
  }
  const refused = (code: "RPC_UNREACHABLE" | "RPC_REFUSED") => (error: unknown) => chainErrors.is(error, code)
  const call = () => rpcOverHttp(url, { timeoutMs: 300, maxResponseBytes: 1_000 }).request("eth_x", [])

  it("gives the result, also null", async () => {
    json({ result: { a: 1 } })
    assert.deepEqual(await call(), { a: 1 })
    json({ result: null })
    assert.equal(await call(), null)
  })

  it("tells a refusal, with revert data, from silence", async () => {
    json({ error: { code: 3, message: "execution reverted", data: "0x01020304" } })
    await assert.rejects(call(), (error) => {
      assert.ok(chainErrors.is(error, "RPC_REFUSED"))
      assert.equal(error.data.revertData, "0x01020304")
      return true
    })
    json({ error: { code: -32_603, message: "x", data: { message: "y", data: "0x05060708" } } }, 500)
    await assert.rejects(
      call(),
      (error) => chainErrors.is(error, "RPC_REFUSED") && error.data.revertData === "0x05060708",
    )
  })

  it("does not wait for ever, read for ever, or take garbage for an answer", async () => {
    answer = () => {}
    await assert.rejects(call(), refused("RPC_UNREACHABLE"))
    json({ result: "x".repeat(2_000) })
    await assert.rejects(call(), refused("RPC_UNREACHABLE"))
    answer = (response) => response.end("<html>")
    await assert.rejects(call(), refused("RPC_UNREACHABLE"))
    json({})
    await assert.rejects(call(), refused("RPC_UNREACHABLE"))
    await assert.rejects(rpcOverHttp("http://127.0.0.1:1").request("eth_x", []), refused("RPC_UNREACHABLE"))
  })

  it("ends with the caller's signal, as the caller's reason", async () => {
    answer = () => {}
    const reason = new Error("enough")
    await assert.rejects(rpcOverHttp(url).request("eth_x", [], AbortSignal.abort(reason)), (error) => error === reason)
  })

  it("understands what ethers and EIP-1193 providers throw", async () => {
    json({ error: { code: 3, message: "execution reverted", data: "0x01020304" } })
    const provider = new JsonRpcProvider(url, 31_337, { batchMaxCount: 1, staticNetwork: true })
    await assert.rejects(rpcOfEthers(provider).request("eth_x", []), refused("RPC_REFUSED"))
    provider.destroy()
    const wallet = rpcOfEip1193({
      request: async () => {
        throw Object.assign(new Error("user rejected"), { code: 4_001 })
      },
    })
    await assert.rejects(
      wallet.request("eth_x", []),
      (error) => chainErrors.is(error, "RPC_REFUSED") && error.data.rpcCode === 4_001,
    )
  })
})
