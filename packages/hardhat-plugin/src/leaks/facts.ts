/** What anybody can see of a call, as a list of named values in the order in which they appear. */
export interface Fact {
  /** Equal in both runs: "record 1 of Auction: envelope, bytes". */
  readonly what: string
  readonly value: string
}

export interface Difference {
  readonly what: string
  /** With the first secret and with the second; undefined where there is none. */
  readonly first: string | undefined
  readonly second: string | undefined
}

/**
 * The facts that are not the same in both runs. Facts are compared by name, and names carry their place, so one call or event
 * more shows as facts that one run lacks.
 */
export function differences(first: readonly Fact[], second: readonly Fact[]): readonly Difference[] {
  const values = new Map(second.map(({ what, value }) => [what, value]))
  const names = new Set(first.map(({ what }) => what))
  return [
    ...first.flatMap(({ what, value }): Difference[] => {
      const other = values.get(what)
      return other === value ? [] : [{ what, first: value, second: other }]
    }),
    ...second.flatMap(({ what, value }): Difference[] =>
      names.has(what) ? [] : [{ what, first: undefined, second: value }],
    ),
  ]
}

export const describeDifference = ({ what, first = "nothing", second = "nothing" }: Difference): string =>
  `${what}: ${first} with the first secret, ${second} with the second`
