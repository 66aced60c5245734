/** A program that starts a network, uses it and forgets it. */
import { startLab } from "./lab.ts"

const lab = await startLab()
await (await lab.add(1, 5n)).result()
process.stdout.write("done")
