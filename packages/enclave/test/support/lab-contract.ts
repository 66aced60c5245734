import wabtInit from "wabt"

/**
 * A contract made for these tests: the first byte of the calldata says what to do, the rest what with.
 * The constructor runs the same functions, or does nothing without calldata.
 */
export const LAB = {
  count: 0,
  write: 1,
  remove: 2,
  read: 3,
  revert: 4,
  trap: 5,
  spin: 6,
  callback: 7,
  random: 8,
  writePublic: 9,
  event: 10,
  first: 11,
  whoami: 12,
  flood: 13,
  bigReturn: 14,
} as const

const TEXT = `(module
  (import "env" "calldata_size" (func $size (result i32)))
  (import "env" "calldata_read" (func $calldata (param i32 i32 i32)))
  (import "env" "return_data" (func $return (param i32 i32)))
  (import "env" "revert" (func $revert (param i32 i32)))
  (import "env" "state_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "env" "state_write" (func $write (param i32 i32 i32 i32)))
  (import "env" "state_write_public" (func $write_public (param i32 i32 i32 i32)))
  (import "env" "state_remove" (func $remove (param i32 i32)))
  (import "env" "state_next" (func $next (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "env" "random" (func $random (param i32 i32)))
  (import "env" "ethereum_call" (func $ethereum (param i32 i32 i32)))
  (import "env" "emit_event" (func $event (param i32 i32)))
  (import "env" "sender" (func $sender (param i32)))
  (import "env" "task_id" (func $task (param i32)))
  (memory 8 8)
  (data (i32.const 16) "counter")
  (data (i32.const 32) "dice")
  ;; 64: the counter; 1024: calldata; 300000: results
  (func $do_count
    (drop (call $read (i32.const 16) (i32.const 7) (i32.const 64) (i32.const 8)))
    (i64.store (i32.const 64) (i64.add (i64.load (i32.const 64)) (i64.const 1)))
    (call $write (i32.const 16) (i32.const 7) (i32.const 64) (i32.const 8))
    (call $return (i32.const 64) (i32.const 8)))
  ;; 1 | key length | key | value
  (func $do_write (param $n i32) (param $public i32) (local $k i32) (local $value i32)
    (local.set $k (i32.load8_u (i32.const 1025)))
    (local.set $value (i32.add (i32.const 1026) (local.get $k)))
    (if (local.get $public)
      (then (call $write_public (i32.const 1026) (local.get $k) (local.get $value)
        (i32.sub (i32.add (local.get $n) (i32.const 1024)) (local.get $value))))
      (else (call $write (i32.const 1026) (local.get $k) (local.get $value)
        (i32.sub (i32.add (local.get $n) (i32.const 1024)) (local.get $value))))))
  (func $do_read (param $n i32) (local $got i32)
    (local.set $got (call $read (i32.const 1025) (i32.sub (local.get $n) (i32.const 1)) (i32.const 300000) (i32.const 65536)))
    (if (i32.ge_s (local.get $got) (i32.const 0)) (then (call $return (i32.const 300000) (local.get $got)))))
  (func $do_first (param $n i32) (local $got i32)
    (local.set $got (call $next (i32.const 1025) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0) (i32.const 0) (i32.const 300000) (i32.const 256)))
    (if (i32.ge_s (local.get $got) (i32.const 0)) (then (call $return (i32.const 300000) (local.get $got)))))
  (func $do_flood (local $i i32)
    (loop $again
      (i32.store8 (i32.const 100) (local.get $i))
      (call $write (i32.const 100) (i32.const 1) (i32.const 200000) (i32.const 60000))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.load8_u (i32.const 1025))))))
  (func $act (param $n i32) (local $op i32)
    (call $calldata (i32.const 1024) (i32.const 0) (local.get $n))
    (local.set $op (i32.load8_u (i32.const 1024)))
    (if (i32.eq (local.get $op) (i32.const 0)) (then (call $do_count)))
    (if (i32.eq (local.get $op) (i32.const 1)) (then (call $do_write (local.get $n) (i32.const 0))))
    (if (i32.eq (local.get $op) (i32.const 2)) (then (call $remove (i32.const 1025) (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 3)) (then (call $do_read (local.get $n))))
    (if (i32.eq (local.get $op) (i32.const 4)) (then (call $do_count) (call $revert (i32.const 1025) (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 5)) (then (call $do_count) unreachable))
    (if (i32.eq (local.get $op) (i32.const 6)) (then (loop $l (br $l))))
    (if (i32.eq (local.get $op) (i32.const 7)) (then
      (call $do_count)
      (call $ethereum (i32.const 1025) (i32.const 1045) (i32.sub (local.get $n) (i32.const 21)))))
    (if (i32.eq (local.get $op) (i32.const 8)) (then
      (call $random (i32.const 300000) (i32.const 40))
      (call $write (i32.const 32) (i32.const 4) (i32.const 300000) (i32.const 40))
      (call $return (i32.const 300000) (i32.const 40))))
    (if (i32.eq (local.get $op) (i32.const 9)) (then (call $do_write (local.get $n) (i32.const 1))))
    (if (i32.eq (local.get $op) (i32.const 10)) (then (call $event (i32.const 1025) (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.eq (local.get $op) (i32.const 11)) (then (call $do_first (local.get $n))))
    (if (i32.eq (local.get $op) (i32.const 12)) (then
      (call $sender (i32.const 300000)) (call $task (i32.const 300020)) (call $return (i32.const 300000) (i32.const 52))))
    (if (i32.eq (local.get $op) (i32.const 13)) (then (call $do_flood)))
    (if (i32.eq (local.get $op) (i32.const 14)) (then (call $return (i32.const 300000) (i32.const 60000)))))
  (func (export "construct") (if (call $size) (then (call $act (call $size)))))
  (func (export "call") (call $act (call $size))))`

const wabt = await wabtInit()

function assemble(): Uint8Array {
  const module = wabt.parseWat("lab.wat", TEXT, { bulk_memory: true })
  try {
    return module.toBinary({}).buffer.slice()
  } finally {
    module.destroy()
  }
}

export const labCode: Uint8Array = assemble()

const bytesOf = (part: string | Uint8Array): Uint8Array =>
  typeof part === "string" ? new TextEncoder().encode(part) : part

/** Calldata of the lab contract. */
export const lab = {
  count: () => Uint8Array.of(LAB.count),
  write: (key: string | Uint8Array, value: string | Uint8Array) => entry(LAB.write, key, value),
  writePublic: (key: string | Uint8Array, value: string | Uint8Array) => entry(LAB.writePublic, key, value),
  remove: (key: string | Uint8Array) => Uint8Array.of(LAB.remove, ...bytesOf(key)),
  read: (key: string | Uint8Array) => Uint8Array.of(LAB.read, ...bytesOf(key)),
  revert: (message: string) => Uint8Array.of(LAB.revert, ...bytesOf(message)),
  trap: () => Uint8Array.of(LAB.trap),
  spin: () => Uint8Array.of(LAB.spin),
  callback: (target: Uint8Array, data: Uint8Array) => Uint8Array.of(LAB.callback, ...target, ...data),
  random: () => Uint8Array.of(LAB.random),
  event: (text: string) => Uint8Array.of(LAB.event, ...bytesOf(text)),
  first: (prefix: string) => Uint8Array.of(LAB.first, ...bytesOf(prefix)),
  whoami: () => Uint8Array.of(LAB.whoami),
  flood: (entries: number) => Uint8Array.of(LAB.flood, entries),
  bigReturn: () => Uint8Array.of(LAB.bigReturn),
} as const

function entry(op: number, key: string | Uint8Array, value: string | Uint8Array): Uint8Array {
  const keyBytes = bytesOf(key)
  return Uint8Array.of(op, keyBytes.length, ...keyBytes, ...bytesOf(value))
}
