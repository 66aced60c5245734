import { defineErrors } from "@enigma-discovery/protocol"

/**
 * Refusals of code (thrown by `prepare`) and misuse of the package. What a contract does while it runs is never an
 * error here: it is a `CallOutcome`.
 */
export const runtimeErrors = defineErrors("RUNTIME", {
  CODE_TOO_LARGE: "The code is {got} bytes; at most {max} are accepted.",
  NOT_WASM: "The code does not start with the WebAssembly magic and version 1.",
  MALFORMED: "The module is malformed at byte {at}: {what}.",
  TOO_MANY: "The module has {got} {what}; at most {max} are accepted.",
  FORBIDDEN_OPCODE:
    "Function {function} uses {what} at byte {at}. Build without it: contracts are integers only, with one memory and one table.",
  FORBIDDEN_TYPE: "The module uses {what} at byte {at}. Build for WebAssembly 1.0 with integers only.",
  FORBIDDEN_SECTION: "The module has {what}, which contracts cannot use.",
  UNKNOWN_IMPORT: "The module imports {name}, which the enclave does not provide.",
  WRONG_IMPORT_TYPE: "The module imports {name} with type {got}; it is {want}.",
  DEBUG_IMPORT: "The module imports {name}, which this network does not allow. Build it without debug output.",
  RESERVED_NAME: "The module exports {name}; names that start with {prefix} are the runtime's own.",
  DUPLICATE_EXPORT: "The module exports {name} twice.",
  MISSING_EXPORT: "The module does not export {name}.",
  WRONG_EXPORT_TYPE: "The module's export {name} must be a {want}.",
  SEGMENT_OUT_OF_RANGE: "{what} {index} does not fit where it is to be placed at start.",
  STACK_TOO_DEEP: "The chain of calls from {name} needs {got} stack slots; at most {max} are given.",
  INVALID_MODULE: "The module does not validate: {reason}",
  WASI_NOT_READY: "A program for WASI was given before initWasi() had finished. Await it once at start.",
  BAD_CONTEXT: "The call's {what} must be {want}.",
  BAD_SOURCE_MAP: "The source map is not one: {what}.",
  STALE_DEBUG_INFO:
    "The debug information does not fit the code: it tells of a function at byte {at}, and none begins there. Something changed the code after it was compiled; clang does where it finds wasm-opt on the PATH.",
  ENGINE_FAULT: "The engine failed by itself: {reason}. The call has no outcome; try it again.",
})
