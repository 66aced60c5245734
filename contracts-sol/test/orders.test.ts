import assert from "node:assert/strict"
import { EIP712_DOMAIN, RECORD_FLAG } from "@enigma-discovery/protocol"
import { expect } from "chai"
import { Contract, hexlify, id, ZeroHash } from "ethers"
import { ORDER_TYPES } from "../bench/orders.ts"
import { advanceEpoch, BASE_FEE, commit, useNetwork } from "./support/network.ts"
import { makeOrder } from "./support/orders.ts"
import { follow } from "./support/queue.ts"

describe("relayed orders", () => {
  it("are of a domain that wallets can ask for (EIP-5267)", async () => {
    const { address, chainId, ethers } = await useNetwork()
    const returned = "bytes1,string,string,uint256,address,bytes32,uint256[]"
    const wallet = new Contract(address, [`function eip712Domain() view returns (${returned})`], ethers.provider)
    const { name, version } = EIP712_DOMAIN
    const domain = (await wallet.getFunction("eip712Domain")()) as unknown[]
    assert.deepEqual([...domain].slice(0, 6), ["0x0f", name, version, chainId, address, ZeroHash])
  })

  it("record the signer's task and pay the relayer", async () => {
    const net = await useNetwork()
    const { enigma, queue, alice, bob, workers } = net
    const [ofAlice, ofBob] = [await enigma.creditOf(alice), await enigma.creditOf(bob)]
    const { order, signature } = await makeOrder(net, alice)
    const tx = await enigma.connect(bob).recordOrder(order, alice, signature)
    const [task] = await follow(queue, enigma, await tx.wait())
    assert.equal(task!.sender, alice.address)
    assert.equal(task!.record.flags, RECORD_FLAG.RELAYED)
    assert.equal(hexlify(task!.record.inputsHash), order.inputsHash)
    assert.equal(await enigma.creditOf(alice), ofAlice - BASE_FEE - 200_000n - 777n)
    assert.equal(await enigma.creditOf(bob), ofBob + 777n)
    await commit(net, queue, workers)
    assert.equal(await enigma.creditOf(alice), ofAlice - task!.lockedGrains / 2n - 777n, "the refund is the signer's")
  })

  it("use each nonce once, in any order, within a window of 64", async () => {
    const net = await useNetwork()
    const { enigma, alice, bob } = net
    const send = async (nonce: bigint) => {
      const { order, signature } = await makeOrder(net, alice, { nonce })
      return enigma.connect(bob).recordOrder(order, alice, signature)
    }
    const refused = async (nonce: bigint, base: bigint) =>
      expect(send(nonce))
        .to.be.revertedWithCustomError(enigma, "OrderNonceUnusable")
        .withArgs(alice.address, nonce, base)
    for (const nonce of [1n, 63n, 2n]) await send(nonce)
    assert.deepEqual([...(await enigma.orderNonces(alice))], [0n, 0b110n | (1n << 63n)])
    await refused(2n, 0n)
    await refused(64n, 0n)
    await refused(2n ** 128n, 0n)
    await send(0n)
    assert.deepEqual([...(await enigma.orderNonces(alice))], [3n, 1n << 60n])
    await refused(0n, 3n)
    await refused(1n, 3n)
    await refused(63n, 3n)
    await send(66n)
    await refused(67n, 3n)
  })

  it("can be cancelled by their signer", async () => {
    const net = await useNetwork()
    const { enigma, alice, bob } = net
    await expect(enigma.connect(alice).cancelOrders([0, 5]))
      .to.emit(enigma, "OrderCancelled")
      .withArgs(alice.address, 5)
    for (const nonce of [0n, 5n]) {
      const { order, signature } = await makeOrder(net, alice, { nonce })
      await expect(enigma.connect(bob).recordOrder(order, alice, signature)).to.be.revertedWithCustomError(
        enigma,
        "OrderNonceUnusable",
      )
    }
    await expect(enigma.connect(alice).cancelOrders([5])).to.be.revertedWithCustomError(enigma, "OrderNonceUnusable")
  })

  it("expire", async () => {
    const net = await useNetwork()
    const { enigma, alice, networkHelpers } = net
    const next = BigInt(await networkHelpers.time.latestBlock()) + 1n
    const late = await makeOrder(net, alice, { expiryBlock: next - 1n })
    await expect(enigma.recordOrder(late.order, alice, late.signature))
      .to.be.revertedWithCustomError(enigma, "OrderExpired")
      .withArgs(next - 1n)
    const soon = await makeOrder(net, alice, { expiryBlock: BigInt(await networkHelpers.time.latestBlock()) + 1n })
    await (await enigma.recordOrder(soon.order, alice, soon.signature)).wait()
  })

  it("are refused when a field, the signer or the domain is another", async () => {
    const net = await useNetwork()
    const { enigma, alice, bob } = net
    const { order, signature } = await makeOrder(net, alice)
    const changes = {
      inputsHash: id("other"),
      gasLimit: 200_000n,
      gasPriceGrains: 3n,
      callbackGas: 9n,
      callbackPriceGrains: 9n,
      nonce: 1n,
      expiryBlock: 5n * 10n ** 8n,
      relayerFeeGrains: 778n,
    }
    for (const [field, value] of Object.entries(changes)) {
      await expect(enigma.recordOrder({ ...order, [field]: value }, alice, signature))
        .to.be.revertedWithCustomError(enigma, "OrderSignatureInvalid")
        .withArgs(alice.address)
    }
    await expect(enigma.recordOrder(order, bob, signature)).to.be.revertedWithCustomError(
      enigma,
      "OrderSignatureInvalid",
    )
    for (const domain of [
      { ...EIP712_DOMAIN, chainId: 1n, verifyingContract: net.address },
      { ...EIP712_DOMAIN, chainId: net.chainId, verifyingContract: alice.address },
    ]) {
      const foreign = await alice.signTypedData(domain, ORDER_TYPES, order)
      await expect(enigma.recordOrder(order, alice, foreign)).to.be.revertedWithCustomError(
        enigma,
        "OrderSignatureInvalid",
      )
    }
  })

  it("are refused for a key epoch that the worker would call stale", async () => {
    const net = await useNetwork()
    const { enigma, alice } = net
    await advanceEpoch(net)
    await advanceEpoch(net)
    const { epoch } = await enigma.currentEpoch()
    for (const keyEpoch of [epoch - 2n, epoch + 1n, 0n]) {
      const { order, signature } = await makeOrder(net, alice, { keyEpoch })
      await expect(enigma.recordOrder(order, alice, signature))
        .to.be.revertedWithCustomError(enigma, "OrderKeyEpochStale")
        .withArgs(keyEpoch, epoch)
    }
    for (const [i, keyEpoch] of [epoch - 1n, epoch].entries()) {
      const { order, signature } = await makeOrder(net, alice, { keyEpoch, nonce: BigInt(i) })
      await (await enigma.recordOrder(order, alice, signature)).wait()
    }
  })

  it("are bounded like other records", async () => {
    const net = await useNetwork()
    const { enigma, alice, bob } = net
    const send = async (changes: Record<string, bigint | string>) => {
      const { order, signature } = await makeOrder(net, alice, changes)
      return enigma.recordOrder(order, alice, signature)
    }
    for (const [field, bits] of [
      ["gasLimit", 48n],
      ["gasPriceGrains", 40n],
      ["callbackGas", 32n],
      ["callbackPriceGrains", 40n],
    ] as const) {
      await expect(send({ [field]: 1n << bits })).to.be.revertedWithCustomError(enigma, "LockTooLarge")
    }
    await expect(send({ gasLimit: 1n })).to.be.revertedWithCustomError(enigma, "TermsTooLow")
    await expect(send({ secretContract: bob.address })).to.be.revertedWithCustomError(enigma, "UnknownContract")
    await expect(send({ relayerFeeGrains: 2n ** 60n })).to.be.revertedWithCustomError(enigma, "CreditTooLow")
  })

  it("may be signed by a contract account (ERC-1271)", async () => {
    const net = await useNetwork()
    const { enigma, alice, bob, token, ethers } = net
    const wallet = await ethers.deployContract("OwnedWallet", [alice])
    await (await token.approve(enigma, 10n ** 8n)).wait()
    await (await enigma.deposit(wallet, 10n ** 8n)).wait()
    const { order, signature } = await makeOrder(net, alice)
    await (await enigma.connect(bob).recordOrder(order, wallet, signature)).wait()
    const forged = await makeOrder(net, bob, { nonce: 1n })
    await expect(enigma.recordOrder(forged.order, wallet, forged.signature)).to.be.revertedWithCustomError(
      enigma,
      "OrderSignatureInvalid",
    )
  })
})
