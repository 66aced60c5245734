// Generated from packages/protocol/src/host-abi.ts by generate-host-abi.ts; do not edit.

/** Bytes of calldata: a 4-byte selector and ABI words, or the constructor's ABI words without a selector. */
// @ts-ignore: decorator
@external("env", "calldata_size")
export declare function calldata_size(): i32

/** Copies calldata[offset, offset + size) to out. Reading past its end is a trap. */
// @ts-ignore: decorator
@external("env", "calldata_read")
export declare function calldata_read(out: usize, offset: u32, size: u32): void

/** Sets the call's result, at most MAX_RETURN_BYTES. The last one set counts. Does not end the call. */
// @ts-ignore: decorator
@external("env", "return_data")
export declare function return_data(data: usize, size: u32): void

/** Ends the call and undoes it; the caller gets the message (UTF-8, at most MAX_ERROR_TEXT_BYTES) sealed, and the gas left. */
// @ts-ignore: decorator
@external("env", "revert")
export declare function revert(message: usize, size: u32): void

/** The address that recorded the task; in a query, the reader its permit names. */
// @ts-ignore: decorator
@external("env", "sender")
export declare function sender(out: usize): void

/** This contract's own address, from which its callbacks come. */
// @ts-ignore: decorator
@external("env", "contract_address")
export declare function contract_address(out: usize): void

/** Id of the task: its link in the contract's queue. In a query, the head of the state it reads. */
// @ts-ignore: decorator
@external("env", "task_id")
export declare function task_id(out: usize): void

/** Block of the task's record, the same whenever and wherever it is executed. */
// @ts-ignore: decorator
@external("env", "block_number")
export declare function block_number(): u64

/** Time of that block, in seconds since 1970. */
// @ts-ignore: decorator
@external("env", "block_timestamp")
export declare function block_timestamp(): u64

/** Token sent with the task: an ERC-20's address, or zero for ETH. */
// @ts-ignore: decorator
@external("env", "value_token")
export declare function value_token(out: usize): void

/** Amount sent with the task, a big-endian 256-bit word in the token's smallest unit; zero when nothing was sent. */
// @ts-ignore: decorator
@external("env", "value_amount")
export declare function value_amount(out: usize): void

/** Size of the value under key, or ABSENT. Copies it to out when it fits in capacity. */
// @ts-ignore: decorator
@external("env", "state_read")
export declare function state_read(key: usize, key_size: u32, out: usize, capacity: u32): i32

/** Sets the value under key. In a query the write is seen by that query alone and then dropped. */
// @ts-ignore: decorator
@external("env", "state_write")
export declare function state_write(key: usize, key_size: u32, value: usize, value_size: u32): void

/** As state_write, and the entry, key and value, stands in clear in the delta for everyone to read. */
// @ts-ignore: decorator
@external("env", "state_write_public")
export declare function state_write_public(key: usize, key_size: u32, value: usize, value_size: u32): void

/** Removes key; nothing happens when it is not there. */
// @ts-ignore: decorator
@external("env", "state_remove")
export declare function state_remove(key: usize, key_size: u32): void

/** Size of the first key that starts with prefix and is greater than after, or ABSENT; empty after starts at the first. Copies the key to out when it fits. */
// @ts-ignore: decorator
@external("env", "state_next")
export declare function state_next(prefix: usize, prefix_size: u32, after: usize, after_size: u32, out: usize, capacity: u32): i32

/** Random bytes, at most MAX_RANDOM_BYTES: secret, fresh on every call within a task, and the same when the task is executed again. */
// @ts-ignore: decorator
@external("env", "random")
export declare function random(out: usize, size: u32): void

/** Ethereum's hash. */
// @ts-ignore: decorator
@external("env", "keccak256")
export declare function keccak256(data: usize, size: u32, out: usize): void

/** SHA-256 (FIPS 180-4). */
// @ts-ignore: decorator
@external("env", "sha256")
export declare function sha256(data: usize, size: u32, out: usize): void

/** Address whose key signed hash; 0 when there is none. signature is r | s | v with v 0, 1, 27 or 28; a high s is refused (EIP-2). */
// @ts-ignore: decorator
@external("env", "secp256k1_recover")
export declare function secp256k1_recover(hash: usize, signature: usize, out: usize): i32

/** Whether r | s signs hash under a public key of 33 (compressed) or 65 bytes; a high s is refused. */
// @ts-ignore: decorator
@external("env", "secp256k1_verify")
export declare function secp256k1_verify(hash: usize, signature: usize, public_key: usize, public_key_size: u32): i32

/** Whether signature signs message (RFC 8032, strict: canonical encodings only). */
// @ts-ignore: decorator
@external("env", "ed25519_verify")
export declare function ed25519_verify(message: usize, size: u32, signature: usize, public_key: usize): i32

/** Seals plaintext under the contract's own key with AES-256-GCM: nonce(12, from `random`) | ciphertext | tag(16). */
// @ts-ignore: decorator
@external("env", "encrypt")
export declare function encrypt(key: usize, aad: usize, aad_size: u32, plaintext: usize, size: u32, out: usize): void

/** Opens what `encrypt` made: the plaintext's size, or ABSENT when key, aad or box do not belong together. */
// @ts-ignore: decorator
@external("env", "decrypt")
export declare function decrypt(key: usize, aad: usize, aad_size: u32, box: usize, size: u32, out: usize): i32

/** Adds a call of an Ethereum contract, made from this contract's address when the task is committed; calls keep their order and stand or fall together. Each gets an even share of the record's callback gas. At most MAX_CALLBACKS of MAX_CALLBACK_DATA_BYTES. */
// @ts-ignore: decorator
@external("env", "ethereum_call")
export declare function ethereum_call(target: usize, data: usize, size: u32): void

/** Adds an event to the output, sealed to the caller like the result. */
// @ts-ignore: decorator
@external("env", "emit_event")
export declare function emit_event(data: usize, size: u32): void

/** A line of text for the developer. Only where the network's profile allows it; elsewhere a contract that imports it is refused. */
// @ts-ignore: decorator
@external("env", "debug_print")
export declare function debug_print(text: usize, size: u32): void
