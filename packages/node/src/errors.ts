import { defineErrors } from "@enigma-discovery/protocol"

export const nodeErrors = defineErrors("NODE", {
  BAD_CONFIG: "The configuration is not valid: {problem}",
  CONFIG_UNREADABLE:
    "The configuration file {path} could not be read; it must be a JSON file of at most {maxBytes} bytes.",
  BAD_USAGE: "Start a node with: node main.ts --config <file.json>",
  START_FAILED: "The node did not start: step '{step}' failed.",
  STOP_TIMEOUT: "The node did not stop within {timeoutMs} ms; step '{step}' was given up.",
  STOP_FAILED: "Stopping '{step}' failed.",
  ROLE_MISSING: "This build has no role {role} yet.",
})
