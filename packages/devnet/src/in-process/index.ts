/** The local network inside one process, for tests: no sockets, no sleeping, faults on demand. */
export type * from "./api.ts"
export { startInProcessDevnet } from "./start.ts"
