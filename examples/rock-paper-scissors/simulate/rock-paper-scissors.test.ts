import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { account, simulate } from "@enigma-discovery/sdk-as/simulate"
import { checkCodeSize, compileExample, reverted, revertedWith } from "../../support/example.ts"

type Game = {
  play(game: bigint, move: number): undefined
  myMove(game: bigint): bigint
  decide(game: bigint, first: string, second: string): undefined
}

const MOVE_BEFORE_S = 2_000n
const GAME = (MOVE_BEFORE_S << 64n) | 7n
const [bets, first, second, nobody] = [account("bets"), account("first"), account("second"), `0x${"0".repeat(40)}`]

describe("rock-paper-scissors", async () => {
  const compiled = await compileExample("rock-paper-scissors")
  const deploy = () => simulate<Game>(compiled, { args: [bets], timestampS: 1_000n })
  const winnerOf = async (a: number, b: number): Promise<unknown> => {
    const c = await deploy()
    if (a > 0) await c.connect(first).play(GAME, a)
    if (b > 0) await c.connect(second).play(GAME, b)
    if (a === 0 || b === 0) c.setBlock({ timestampS: MOVE_BEFORE_S })
    const { callbacks } = await c.run("decide", GAME, first, second)
    assert.equal(callbacks.length, 1)
    const [{ target, method, args }] = callbacks as [(typeof callbacks)[0]]
    assert.deepEqual([target, method, ...args.slice(0, 3)], [bets, "settle", GAME, first, second])
    return args[3]
  }

  it("fits its size", () => checkCodeSize("rock-paper-scissors", compiled))

  it("knows who beats whom; no move loses to any", async () => {
    const names = { [first]: "first", [second]: "second", [nobody]: "draw" } as Record<string, string>
    const table: string[] = []
    for (let a = 0; a <= 3; a++) for (let b = 0; b <= 3; b++) table.push(names[String(await winnerOf(a, b))]!)
    assert.deepEqual(table, [
      ...["draw", "second", "second", "second"],
      ...["first", "draw", "second", "first"],
      ...["first", "first", "draw", "second"],
      ...["first", "second", "first", "draw"],
    ])
  })

  it("is not decided before both moved or the time is over", async () => {
    const c = await deploy()
    await c.connect(first).play(GAME, 1)
    await assert.rejects(c.decide(GAME, first, second), revertedWith("NotDecided(2000)"))
    await c.connect(second).play(GAME, 1)
    await c.decide(GAME, first, second)
  })

  it("takes one move a player, in time", async () => {
    const c = await deploy()
    await c.connect(first).play(GAME, 2)
    await assert.rejects(c.connect(first).play(GAME, 3), revertedWith(`AlreadyMoved(${GAME})`))
    await assert.rejects(c.connect(second).play(GAME, 4), reverted("a move is 1 rock, 2 paper or 3 scissors"))
    assert.equal(await c.connect(first).query.myMove(GAME), 2n)
    c.setBlock({ timestampS: MOVE_BEFORE_S })
    await assert.rejects(c.connect(second).play(GAME, 1), revertedWith("TooLate(2000)"))
  })

  it("keeps the move even when the Ethereum side refuses the players", async () => {
    const onCallback = () => {
      throw new Error("WrongPlayers")
    }
    const c = await simulate<Game>(compiled, { args: [bets], timestampS: 1_000n, onCallback })
    await c.connect(first).play(GAME, 1)
    await c.connect(second).play(GAME, 2)
    const before = c.state.entries()
    await assert.rejects(c.decide(GAME, second, first), /WrongPlayers/)
    assert.deepEqual(c.state.entries(), before)
  })

  it("shows nobody the move", async () => {
    const traces = []
    for (const move of [1, 2, 3]) traces.push((await (await deploy()).run("play", GAME, move)).public)
    assert.deepEqual(traces[1], traces[0])
    assert.deepEqual(traces[2], traces[0])
  })
})
