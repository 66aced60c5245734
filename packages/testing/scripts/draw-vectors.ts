/**
 * Writes vectors/draw.json: weight histories, the tree words they leave (PROTOCOL §5.4) and the draws over them (§5.3), all
 * computed from plain lists of weights with ethers for hashing, without the code under test.
 * `--check` compares instead of writing.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { concat, id, keccak256, toBeHex, zeroPadValue } from "ethers"

interface Change {
  readonly epoch: number
  readonly workerId: number
  readonly weight: bigint
}

const ARITY = 7
const word = (value: bigint | string) => (typeof value === "string" ? zeroPadValue(value, 32) : toBeHex(value, 32))
const DRAW_TAG = id("enigma/1/draw")

const weightOf = (history: readonly Change[], workerId: number, epoch: number) =>
  history.findLast((change) => change.workerId === workerId && change.epoch < epoch)?.weight ?? 0n

function treeWords(history: readonly Change[], count: number, depth: number) {
  const nodes: { key: string; current: string; pending: string }[] = []
  for (let level = 0; level < depth; level++) {
    const below = ARITY ** level
    for (let position = 0; position * below * ARITY < count; position++) {
      const first = position * below * ARITY
      const touched = history.filter(({ workerId }) => workerId > first && workerId <= first + below * ARITY)
      const tag = Math.max(0, ...touched.map(({ epoch }) => epoch))
      const pack = (epoch: number, bitsAbove: bigint) => {
        let packed = bitsAbove << 224n
        for (let leaf = 0; leaf < below * ARITY; leaf++) {
          packed += weightOf(history, first + leaf + 1, epoch) << BigInt(32 * Math.floor(leaf / below))
        }
        return word(packed)
      }
      const key = (BigInt(level) << 32n) | BigInt(position)
      nodes.push({ key: word(key), current: pack(tag, 0n), pending: pack(Number.POSITIVE_INFINITY, BigInt(tag)) })
    }
  }
  return nodes
}

function drawGroup(
  history: readonly Change[],
  count: number,
  epoch: number,
  seed: string,
  contract: string,
  size: number,
) {
  const group: number[] = []
  while (group.length < size) {
    const weights = Array.from({ length: count }, (_, i) =>
      group.includes(i + 1) ? 0n : weightOf(history, i + 1, epoch),
    )
    const total = weights.reduce((sum, weight) => sum + weight, 0n)
    let rest = BigInt(keccak256(concat([DRAW_TAG, seed, word(contract), word(BigInt(group.length))]))) % total
    const drawn = weights.findIndex((weight) => {
      if (rest < weight) return true
      rest -= weight
      return false
    })
    group.push(drawn + 1)
  }
  return group
}

function tree(name: string, history: readonly Change[], epochs: readonly number[], sizes: readonly number[]) {
  const count = Math.max(...history.map(({ workerId }) => workerId))
  let treeDepth = 1
  while (ARITY ** treeDepth < count) treeDepth++
  const draws = epochs.flatMap((epoch) =>
    sizes.flatMap((size) =>
      Array.from({ length: 4 }, (_, i) => {
        const seed = id(`${name} ${epoch} ${size} ${i}`)
        const contract = `0x${id(`contract ${i}`).slice(26)}`
        return { epoch, seed, contract, group: drawGroup(history, count, epoch, seed, contract, size) }
      }),
    ),
  )
  const written = history.map((change) => ({ ...change, weight: change.weight.toString() }))
  return { name, workerCount: count, treeDepth, history: written, nodes: treeWords(history, count, treeDepth), draws }
}

// A tree remembers two states: what was before the last epoch with a change, and what is now. So draws are those of
// epochs not before the last change.

/** Numbers that look random and never change. */
const noise = (label: string, below: bigint) => BigInt(id(label)) % below

const trees = [
  tree("one worker", [{ epoch: 0, workerId: 1, weight: 1n }], [1, 5], [1]),
  tree(
    "three workers with different stakes",
    [100_000n, 50_000n, 25_000n].map((weight, i) => ({ epoch: 0, workerId: i + 1, weight })),
    [1, 2],
    [1, 2, 3],
  ),
  tree(
    "a full node, changes within the epoch drawn, a leaver",
    [
      ...Array.from({ length: 7 }, (_, i) => ({ epoch: 1, workerId: i + 1, weight: BigInt(10 * (i + 1)) })),
      { epoch: 2, workerId: 3, weight: 0n },
      { epoch: 3, workerId: 1, weight: 4_000_000_000n },
      { epoch: 3, workerId: 1, weight: 7n },
    ],
    [3, 4],
    [1, 6],
  ),
  tree(
    "two levels, one worker beyond a full node",
    Array.from({ length: 8 }, (_, i) => ({ epoch: i < 7 ? 0 : 2, workerId: i + 1, weight: BigInt(1 + (i % 3)) })),
    [2, 3],
    [1, 7],
  ),
  tree(
    "three levels, 120 workers over five epochs",
    Array.from({ length: 240 }, (_, i) => ({
      epoch: Math.floor(i / 48),
      workerId: i < 120 ? i + 1 : 1 + Number(noise(`who ${i}`, 120n)),
      weight: i % 9 === 0 ? 0n : 1n + noise(`weight ${i}`, 1_000_000n),
    })),
    [4, 5],
    [1, 8],
  ),
]

const file = new URL("../vectors/draw.json", import.meta.url)
const origin =
  "written by packages/testing/scripts/draw-vectors.ts; a change of weight made in an epoch counts from the next"
const text = `${JSON.stringify({ origin, trees }, null, 1)}\n`
if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    throw new Error("vectors/draw.json is stale: run packages/testing/scripts/draw-vectors.ts")
} else writeFileSync(file, text)
