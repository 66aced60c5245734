import { createHash } from "node:crypto"

/** What identifies a program: the SHA-256 of its file, 32 bytes (PROTOCOL §7.4). */
export const measurementOf = (code: Uint8Array): Uint8Array =>
  new Uint8Array(createHash("sha256").update(code).digest())
