import { defineErrors } from "@enigma-discovery/protocol"

/** What a test author or a task's user can run into. Each sentence says what to do. */
export const pluginErrors = defineErrors("HARDHAT", {
  // --- build
  NOT_BUILT: "There is no secret contract {name} in {directory}. Known: {known}. Run `npx hardhat build`.",
  SAME_NAME: "Two secret contracts are called {name}: {first} and {second}. Rename one; names are how tests find them.",
  NAME_MISMATCH: "{file} declares the contract {got}, but was read as {want}. Put one @contract class into a file.",
  ARTIFACT_BROKEN: "The artifact of {name} in {directory} is damaged: {why}. Run `npx hardhat build --force`.",
  COMPILE_FAILED: "{failed} of {total} secret contracts did not compile:\n{list}",
  // --- network
  NO_ENIGMA:
    "Network {network} has no Enigma: add an `enigma` section to it in hardhat.config.ts, or use a simulated one.",
  BAD_DEPLOYMENT: "{file}, which network {network} names as its Enigma deployment, is not usable: {why}.",
  NOT_STARTED: "{what} needs the in-process network to be up; `await enigma.start()` or deploy something first.",
  MOCK_ONLY: "{what} exists only on the in-process network (enigma.isMock); network {network} is a real one.",
  CONNECTION_CLOSED: "The connection to network {network} is closed.",
  UNKNOWN_FUNCTION: "{contract} has no {kind} {name}. It has: {known}.",
  BAD_CALL: "{what}: {why}.",
  // --- tasks
  BAD_BUNDLE: "{file} can't be replayed: {why}.",
  BAD_ARGUMENT: "{what} is {got}; {want}.",
  NOT_THERE_YET: "{what} is not there yet: {why}.",
})
