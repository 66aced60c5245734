import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

const ENG = 100_000_000n
const ZERO_ADDRESS = "0x0000000000000000000000000000000000000000"

/**
 * Enigma whole: token, timelock, dev attestation verifier, the implementation's three parts, proxy.
 *
 * Without defaults, because each network has its own: `tokenHolder`, `proposers`, `executors`, `devRoot`,
 * `measurements`, `trustHash`, `beaconKey`, `contractKey`. Amounts in grains, times in blocks unless named otherwise.
 */
export default buildModule("Enigma", (m) => {
  const tokenHolder = m.getParameter<string>("tokenHolder")
  const token = m.contract("EnigmaToken", [tokenHolder])
  const timelock = m.contract("EnigmaTimelock", [
    m.getParameter("timelockDelayS", 172_800),
    m.getParameter<string[]>("proposers"),
    m.getParameter<string[]>("executors"),
  ])
  const verifier = m.contract("DevAttestationVerifier", [
    timelock,
    m.getParameter<string>("devRoot"),
    m.getParameter("quoteMaxAgeS", 2_592_000),
    m.getParameter<string[]>("measurements"),
  ])

  const parameters = {
    token,
    governor: timelock,
    guardian: m.getParameter("guardian", ZERO_ADDRESS),
    verifier,
    trustHash: m.getParameter<string>("trustHash"),
    beaconKey: m.getParameter<string>("beaconKey"),
    contractKey: m.getParameter<string>("contractKey"),
    epochLengthBlocks: m.getParameter("epochLengthBlocks", 300),
    openWindowBlocks: m.getParameter("openWindowBlocks", 100),
    commitWindowBlocks: m.getParameter("commitWindowBlocks", 60),
    expiryBlocks: m.getParameter("expiryBlocks", 1_500),
    baseFeeGrains: m.getParameter("baseFeeGrains", 10_000n),
    minGasLimit: m.getParameter("minGasLimit", 1_024n),
    minGasPriceGrains: m.getParameter("minGasPriceGrains", 1n),
    minCallbackPriceGrains: m.getParameter("minCallbackPriceGrains", 1n),
    minStakeGrains: m.getParameter("minStakeGrains", 100n * ENG),
    unbondingBlocks: m.getParameter("unbondingBlocks", 50_400),
    overdueBlocks: m.getParameter("overdueBlocks", 150),
    capacityGas: m.getParameter("capacityGas", 1_000_000_000n),
    jailEpochs: m.getParameter("jailEpochs", 2),
    noShowPenaltyGrains: m.getParameter("noShowPenaltyGrains", 1n * ENG),
    equivocationSlashBps: m.getParameter("equivocationSlashBps", 5_000),
    proofRewardBps: m.getParameter("proofRewardBps", 1_000),
    openRewardGrains: m.getParameter("openRewardGrains", ENG / 10n),
    settleRewardGrains: m.getParameter("settleRewardGrains", 5_000n),
    intakeOpen: true,
  }
  // The implementation a pause switches to: the same, but for intake.
  const closed = { ...parameters, intakeOpen: false }
  const pausedWorkers = m.contract("EnigmaWorkers", [closed], { id: "PausedWorkers" })
  const pausedLedger = m.contract("EnigmaLedger", [closed, pausedWorkers], { id: "PausedLedger" })
  const paused = m.contract("Enigma", [closed, pausedLedger, ZERO_ADDRESS], { id: "PausedEnigma" })

  const workers = m.contract("EnigmaWorkers", [parameters])
  const ledger = m.contract("EnigmaLedger", [parameters, workers])
  const implementation = m.contract("Enigma", [parameters, ledger, paused])
  const proxy = m.contract("EnigmaProxy", [implementation])
  const enigma = m.contractAt("IEnigma", proxy)
  return { token, timelock, verifier, workers, ledger, implementation, paused, proxy, enigma }
})
