import { buildModule } from "@nomicfoundation/hardhat-ignition/modules"

const ENG = 100_000_000n

/**
 * Enigma whole: token, timelock, dev attestation verifier, both halves of the implementation, proxy.
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
    intakeOpen: m.getParameter("intakeOpen", true),
  }
  const extension = m.contract("EnigmaExtension", [parameters])
  const implementation = m.contract("Enigma", [parameters, extension])
  const proxy = m.contract("EnigmaProxy", [implementation])
  const enigma = m.contractAt("IEnigma", proxy)
  return { token, timelock, verifier, extension, implementation, proxy, enigma }
})
