import type { Random } from "../test/support/random-module.ts"

const INTERESTING = [
  0x00, 0x01, 0x0b, 0x0c, 0x0e, 0x10, 0x11, 0x20, 0x3f, 0x40, 0x41, 0x70, 0x7e, 0x7f, 0x80, 0xfc, 0xff,
]
const LONG_NUMBER = [0xff, 0xff, 0xff, 0xff, 0x0f]

/** Offsets of a module's sections: where the id stands, and where the section ends. */
function sectionsOf(code: Uint8Array): readonly (readonly [number, number])[] {
  const out: [number, number][] = []
  for (let at = 8; at < code.length; ) {
    const start = at++
    let size = 0
    for (let shift = 0; shift < 35 && at < code.length; shift += 7) {
      const byte = code[at++]!
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    at = Math.min(code.length, at + size)
    out.push([start, at])
  }
  return out
}

const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

type Mutation = (code: Uint8Array, random: Random) => Uint8Array
const replaced =
  (byte: (random: Random, old: number) => number): Mutation =>
  (code, random) => {
    const out = code.slice()
    const at = random.below(out.length)
    out[at] = byte(random, out[at]!)
    return out
  }

/** The first ones keep the lengths, so that what comes out is often still a module. */
const MUTATIONS: readonly Mutation[] = [
  replaced((random, old) => old ^ (1 << random.below(8))),
  replaced((random) => random.pick(INTERESTING)),
  replaced((random) => random.below(256)),
  replaced((_, old) => old + 1),
  (code, random) => {
    const out = code.slice()
    const size = 1 + random.below(8)
    out.copyWithin(random.below(out.length), random.below(out.length), random.below(out.length) + size)
    return out
  },
  (code, random) => {
    const [a, b] = [random.pick(sectionsOf(code)), random.pick(sectionsOf(code))]
    if (a === undefined || b === undefined) return code
    return joined(code.subarray(0, b[0]), code.subarray(a[0], a[1]), code.subarray(b[0]))
  },
  (code, random) => {
    const gone = random.pick(sectionsOf(code))
    return gone === undefined ? code : joined(code.subarray(0, gone[0]), code.subarray(gone[1]))
  },
  (code, random) => {
    const at = random.below(code.length)
    return joined(code.subarray(0, at), LONG_NUMBER, code.subarray(at + 1))
  },
  (code, random) => code.slice(0, random.below(code.length)),
  (code, random) => {
    const at = random.below(code.length)
    return joined(code.subarray(0, at), code.subarray(at + 1 + random.below(4)))
  },
]
const LENGTH_KEEPING = 5

/** The same seed and base give the same mutant. */
export function mutate(base: Uint8Array, random: Random): Uint8Array {
  let code = base
  for (let n = random.chance(60) ? 1 : 2 + random.below(2); n > 0; n--) {
    const kinds = random.chance(75) ? LENGTH_KEEPING : MUTATIONS.length
    if (code.length > 8) code = MUTATIONS[random.below(kinds)]!(code, random)
  }
  return code
}
