import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, reverted, revertedWith } from "../../support/example.ts"

type Token = {
  deposit(): undefined
  withdraw(to: string, amount: bigint): undefined
  transfer(to: string, amount: bigint): boolean
  transferFrom(owner: string, to: string, amount: bigint): boolean
  approve(spender: string, amount: bigint): undefined
  balance(): bigint
  allowanceOf(owner: string, spender: string): bigint
}

const [token, enigma, alice, bob, carol] = ["token", "enigma", "alice", "bob", "carol"].map(account) as [
  string,
  string,
  string,
  string,
  string,
]

describe("confidential ERC-20", async () => {
  const compiled = await compileExample("confidential-erc20")
  const deploy = async (deposits: readonly (readonly [string, bigint])[] = []) => {
    const c = await simulate<Token>(compiled, { args: [token, enigma] })
    for (const [who, amount] of deposits) await c.connect(who, { value: { token, amount } }).deposit()
    return { c, balanceOf: (who: string) => c.connect(who).query.balance() }
  }

  it("fits its size", () => checkCodeSize("confidential-erc20", compiled))

  it("takes deposits of its token alone", async () => {
    const { c, balanceOf } = await deploy([
      [alice, 5n],
      [alice, 7n],
    ])
    assert.equal(await balanceOf(alice), 12n)
    const other = account("other token")
    await assert.rejects(
      c.connect(bob, { value: { token: other, amount: 5n } }).deposit(),
      revertedWith(`WrongToken(${other})`),
    )
    await assert.rejects(
      c.connect(bob, { value: { token, amount: 5n } }).transfer(bob, 0n),
      reverted("function is not payable"),
    )
    assert.equal(await balanceOf(bob), 0n)
  })

  it("moves what is there and nothing else", async () => {
    const { c, balanceOf } = await deploy([[alice, 100n]])
    assert.equal(await c.connect(alice).transfer(bob, 60n), true)
    assert.equal(await c.connect(alice).transfer(bob, 41n), false)
    assert.equal(await c.connect(alice).transfer(alice, 40n), true)
    assert.equal(await c.connect(bob).transfer(carol, 2n ** 255n), false)
    assert.deepEqual([await balanceOf(alice), await balanceOf(bob), await balanceOf(carol)], [40n, 60n, 0n])
  })

  it("lets spenders move what they were allowed", async () => {
    const { c, balanceOf } = await deploy([[alice, 100n]])
    const spender = c.connect(bob)
    assert.equal(await spender.transferFrom(alice, bob, 1n), false)
    await c.connect(alice).approve(bob, 30n)
    assert.equal(await spender.transferFrom(alice, carol, 31n), false)
    assert.equal(await spender.transferFrom(alice, carol, 20n), true)
    assert.equal(await spender.query.allowanceOf(alice, bob), 10n)
    await assert.rejects(c.connect(carol).query.allowanceOf(alice, bob), reverted("only owner and spender may know"))
    assert.deepEqual([await balanceOf(alice), await balanceOf(bob), await balanceOf(carol)], [80n, 0n, 20n])
  })

  it("sends withdrawals by a callback to Enigma", async () => {
    const { c, balanceOf } = await deploy([[alice, 100n]])
    const { callbacks } = await c.connect(alice).run("withdraw", bob, 30n)
    assert.deepEqual(
      callbacks.map(({ target, method, args }) => ({ target, method, args })),
      [{ target: enigma, method: "withdrawPayment", args: [token, bob, 30n] }],
    )
    await assert.rejects(c.connect(alice).withdraw(bob, 71n), revertedWith("NotCovered(70)"))
    assert.equal(await balanceOf(alice), 70n)
  })

  it("tells the sender what became of a transfer", async () => {
    const { c } = await deploy([[alice, 1n]])
    const { events } = await c.connect(alice).run("transfer", bob, 5n)
    assert.deepEqual(events[0]?.args, { to: bob, amount: 5n, done: false })
  })

  it("shows nobody amounts, balances, or whether they sufficed", async () => {
    const traceOf = async (balance: bigint, amount: bigint, isKnown: boolean, to = bob) => {
      const { c } = await deploy(
        isKnown
          ? [
              [alice, balance],
              [to, 5n],
            ]
          : [[alice, balance]],
      )
      return (await c.connect(alice).run("transfer", to, amount)).public
    }
    const usual = await traceOf(100n, 1n, false)
    for (const [balance, amount, isKnown] of [
      [1n, 1n, false],
      [2n ** 100n, 2n ** 99n, false],
      [1n, 2n, false],
      [1n, 2n ** 200n, true],
      [100n, 1n, true],
    ] as const)
      assert.deepEqual(await traceOf(balance, amount, isKnown), usual, `${balance} ${amount} ${isKnown}`)
  })

  it("shows nobody whether an allowance sufficed", async () => {
    const traceOf = async (allowed: bigint, amount: bigint) => {
      const { c } = await deploy([[alice, 50n]])
      await c.connect(alice).approve(bob, allowed)
      return (await c.connect(bob).run("transferFrom", alice, carol, amount)).public
    }
    assert.deepEqual(await traceOf(10n, 11n), await traceOf(10n, 10n))
    assert.deepEqual(await traceOf(100n, 51n), await traceOf(10n, 10n))
  })
})
