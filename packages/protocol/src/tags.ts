/**
 * Domain tags (PROTOCOL §1.3): keccak256("enigma/1/" + name). The first word of whatever is hashed or signed for that
 * purpose, so that a hash or signature made for one purpose is never one for another.
 */
import { fromHex } from "./bytes.ts"

export const TAG_NAMES = {
  QUEUE: "enigma/1/queue",
  LEAF: "enigma/1/leaf",
  SALT: "enigma/1/salt",
  RECEIPT: "enigma/1/receipt",
  CALLBACK_FAILED: "enigma/1/callback-failed",
  BEACON: "enigma/1/beacon",
  DRAW: "enigma/1/draw",
  TRUST: "enigma/1/trust",
  REPORT: "enigma/1/report",
  QUOTE: "enigma/1/quote",
  WITNESS: "enigma/1/witness",
  PRF_IO: "enigma/1/prf/io",
  PRF_STATE: "enigma/1/prf/state",
  ENVELOPE: "enigma/1/envelope",
  OUTPUT: "enigma/1/output",
  DELTA: "enigma/1/delta",
  DELTA_NONCE: "enigma/1/delta/nonce",
  KEY_WRAP: "enigma/1/key-wrap",
  KEY_STATEMENT: "enigma/1/key-statement",
  STORAGE: "enigma/1/storage",
  RESULT: "enigma/1/result",
  KEY_REQUEST: "enigma/1/key-request",
  KEY_ANSWER: "enigma/1/key-answer",
  PERMIT: "enigma/1/permit",
  QUERY: "enigma/1/query",
  QUERY_ANSWER: "enigma/1/query-answer",
  STORED: "enigma/1/stored",
} as const

export type TagName = keyof typeof TAG_NAMES

/** The tags as 32-byte words. A test recomputes each from its name. */
export const TAG: Readonly<Record<TagName, Uint8Array>> = Object.freeze({
  QUEUE: fromHex("0x1ce6a2cf3c40542e5657c5ef2630f7d83b504e419bc2cd4fc82bafb6d3ce2810"),
  LEAF: fromHex("0x2bfe30fc163092944f4455592f13834d1d60b8fd0e2b66c8adaa1ea6fd750454"),
  SALT: fromHex("0x6b45e6e3b4a3322bcf1d3c7e72fcc004770b99b0740cecad120021de89757bf4"),
  RECEIPT: fromHex("0xa257436a839236d6d2358a28ba91f70da9dde05c2a5f89a7e6f0e8e7082f1106"),
  CALLBACK_FAILED: fromHex("0x166acc74dc2a46f30f209d28c3668e8a4748e8e288de406eadbc0a3877ed5588"),
  BEACON: fromHex("0x4c371f62e29064a88f5f68f5353b87262c50510619013891eeb66abfeba2d0bb"),
  DRAW: fromHex("0x40e4b0896785a022e2b2622e6e6d64aceab851775569383b0c83750c81f753a8"),
  TRUST: fromHex("0xa3160c07b6f936a1b9459b3ddd91cb9f4cfba33de1711fd47a0f30d5c8356122"),
  REPORT: fromHex("0xf0b0ac9d8895b67ce63ac27927f79aaae9ba288061610e26c1340d0b42ca98c5"),
  QUOTE: fromHex("0x2aa8f01d86a5f09d9071e15d0dfccad372a9e7be6db18e94c39868d1009dd122"),
  WITNESS: fromHex("0xe538dd3abe02db36aca2d65034fc47cbd02eb86cdb7e321dc2c50ec7568ee9cc"),
  PRF_IO: fromHex("0xe67a965ae33ef0e554d9c01e4388c6f1fc96baf4b915c71502cdb92dfbd8e029"),
  PRF_STATE: fromHex("0x93e0929b1eb69963cb3dff6ecd571fb93b737ea58110435b9a9024b74270bc66"),
  ENVELOPE: fromHex("0x91035245b234eeabf4a70815cb2c02061575e37106734b949c9f214a217ca56e"),
  OUTPUT: fromHex("0xcb5f0bdd806d657ea1f73333182a32eebcf1b00ce481ad19ac16e8395f2aa4dc"),
  DELTA: fromHex("0xd0f42df91ff5426057681e66564924564835c7cd6fcc2156c8902bea2fb4f327"),
  DELTA_NONCE: fromHex("0x54e20b01d240f26db9496a3cf325d89af36550d592c7992d79f32bf79fd7b51e"),
  KEY_WRAP: fromHex("0xab11e5a12ff0de3e50f53ab9189246b68f9587f10683e6c0c2708132637f9504"),
  KEY_STATEMENT: fromHex("0xa910d10f7031db62f1b73d8f45cd8c3aaced8b055c8c681fc7a73effcbffadfc"),
  STORAGE: fromHex("0x30251d06126d2d650cc52f17c2f52aa94bfd421b8e3d447c61591d40df32f3bf"),
  RESULT: fromHex("0x8a07ebef952ef76a6a86352a9594190aa96b23cc14d7a891804781e052cb19d3"),
  KEY_REQUEST: fromHex("0x2498d3938a20b36b6fa52003fd1fabe7abe13cfcac593d68f629fdf41efbf87e"),
  KEY_ANSWER: fromHex("0xd09e9eb7c1c6c0db4a38ede9609893a3090c68590871971feb3cee1b1efb8e82"),
  PERMIT: fromHex("0xbae89aa77756a8246803d1e24eeaeb35eda7ba94e637a498c4ff913bfe29e3f6"),
  QUERY: fromHex("0x1666cbe3670b496b1ba6c44a72a53c4039c60b3e9c9f0f718e19ba11bed8802b"),
  QUERY_ANSWER: fromHex("0xa23823b47aa79fbfe0384af9fd656994b16290e8be1a3bd2a46d037c4891ad6e"),
  STORED: fromHex("0x7ff38e4bc602efb1d6bc95585f015fe11aff9b5e47f21753363bdfbf90aa6060"),
})
