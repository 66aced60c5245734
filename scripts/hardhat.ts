// Runs Hardhat on this checkout, waiting for any other that runs here: `node scripts/hardhat.ts test mocha`.
import { hardhat } from "./contracts/hardhat.ts"

process.exit(await hardhat(process.argv.slice(2)))
