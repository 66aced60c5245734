/** Our chai matchers, added to the test's own chai the first time a connection is made. */
import { use } from "chai"
import { addEmitSecretEvent } from "./emitted.ts"
import { addToLeakNothing } from "./leaks.ts"
import { addRevertedWithSecretError } from "./reverted.ts"
import { addChangeSecretState } from "./state.ts"
import { addWithArgs } from "./with-args.ts"

let added = false

export function addMatchers(): void {
  if (added) return
  added = true
  use((chai, utils) => {
    for (const add of [
      addRevertedWithSecretError,
      addEmitSecretEvent,
      addChangeSecretState,
      addToLeakNothing,
      addWithArgs,
    ])
      add(chai, utils)
  })
}
