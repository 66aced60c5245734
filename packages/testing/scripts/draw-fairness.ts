/**
 * Writes vectors/draw-fairness.json: who is drawn for 100,000 contracts at three shapes of stake, by walking along the weights
 * (PROTOCOL §5.3 without its tree). `node packages/testing/scripts/draw-fairness.ts`
 */
import { writeFileSync } from "node:fs"
import { id, keccak256 } from "ethers"

const DRAWS = 100_000
const SHAPES: readonly (readonly [name: string, weights: readonly number[]])[] = [
  ["uniform", Array.from({ length: 49 }, () => 1_000)],
  ["one whale", [500, 500, 500, 500, 9_000, 500, 500]],
  ["power law", Array.from({ length: 49 }, (_, i) => Math.round(100_000 / (i + 1) ** 1.2))],
]

const tag = id("enigma/1/draw")
const seed = id("fairness")

function winsOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const wins = weights.map(() => 0)
  for (let i = 0; i < DRAWS; i++) {
    const words = `${tag}${seed.slice(2)}${i.toString(16).padStart(64, "0")}${"00".repeat(32)}`
    let rest = Number(BigInt(keccak256(words)) % BigInt(total))
    const winner = weights.findIndex((weight) => {
      if (rest < weight) return true
      rest -= weight
      return false
    })
    wins[winner]! += 1
  }
  return wins
}

const shapes = SHAPES.map(([name, weights]) => ({ name, weights, wins: winsOf(weights) }))
const text = `${JSON.stringify({ seed, draws: DRAWS, shapes })}\n`
writeFileSync(new URL("../vectors/draw-fairness.json", import.meta.url), text)
