/* Generated from packages/protocol/src/host-abi.ts by generate-host-abi.ts; do not edit. */
#ifndef ENIGMA_H
#define ENIGMA_H
#include <stdint.h>

#define ENIGMA_ABSENT (-1)
#define ENIGMA_MAX_CODE_BYTES 1048576
#define ENIGMA_MAX_MEMORY_PAGES 256
#define ENIGMA_MAX_CALLDATA_BYTES 262140
#define ENIGMA_MAX_RETURN_BYTES 131072
#define ENIGMA_MAX_ERROR_TEXT_BYTES 1024
#define ENIGMA_MAX_KEY_BYTES 256
#define ENIGMA_MAX_VALUE_BYTES 65536
#define ENIGMA_MAX_CALLBACKS 8
#define ENIGMA_MAX_CALLBACK_DATA_BYTES 8192
#define ENIGMA_MAX_EVENTS 64
#define ENIGMA_MAX_EVENT_BYTES 4096
#define ENIGMA_MAX_EVENTS_TOTAL_BYTES 65536
#define ENIGMA_MAX_RANDOM_BYTES 1024
#define ENIGMA_MAX_CRYPTO_BYTES 1048576
#define ENIGMA_MAX_AAD_BYTES 4096
#define ENIGMA_MAX_DEBUG_BYTES 1024

/* Bytes of calldata: a 4-byte selector and ABI words, or the constructor's ABI words without a selector. */
__attribute__((import_module("env"), import_name("calldata_size")))
int32_t enigma_calldata_size(void);

/* Copies calldata[offset, offset + size) to out. Reading past its end is a trap. */
__attribute__((import_module("env"), import_name("calldata_read")))
void enigma_calldata_read(void *out, uint32_t offset, uint32_t size);

/* Sets the call's result, at most MAX_RETURN_BYTES. The last one set counts. Does not end the call. */
__attribute__((import_module("env"), import_name("return_data")))
void enigma_return_data(const void *data, uint32_t size);

/* Ends the call and undoes it; the caller gets the message (UTF-8, at most MAX_ERROR_TEXT_BYTES) sealed, and the gas left. */
__attribute__((import_module("env"), import_name("revert")))
_Noreturn void enigma_revert(const void *message, uint32_t size);

/* The address that recorded the task; in a query, the reader its permit names. */
__attribute__((import_module("env"), import_name("sender")))
void enigma_sender(void *out);

/* This contract's own address, from which its callbacks come. */
__attribute__((import_module("env"), import_name("contract_address")))
void enigma_contract_address(void *out);

/* Id of the task: its link in the contract's queue. In a query, the head of the state it reads. */
__attribute__((import_module("env"), import_name("task_id")))
void enigma_task_id(void *out);

/* Block of the task's record, the same whenever and wherever it is executed. */
__attribute__((import_module("env"), import_name("block_number")))
uint64_t enigma_block_number(void);

/* Time of that block, in seconds since 1970. */
__attribute__((import_module("env"), import_name("block_timestamp")))
uint64_t enigma_block_timestamp(void);

/* Token sent with the task: an ERC-20's address, or zero for ETH. */
__attribute__((import_module("env"), import_name("value_token")))
void enigma_value_token(void *out);

/* Amount sent with the task, a big-endian 256-bit word in the token's smallest unit; zero when nothing was sent. */
__attribute__((import_module("env"), import_name("value_amount")))
void enigma_value_amount(void *out);

/* Size of the value under key, or ABSENT. Copies it to out when it fits in capacity. */
__attribute__((import_module("env"), import_name("state_read")))
int32_t enigma_state_read(const void *key, uint32_t key_size, void *out, uint32_t capacity);

/* Sets the value under key. In a query the write is seen by that query alone and then dropped. */
__attribute__((import_module("env"), import_name("state_write")))
void enigma_state_write(const void *key, uint32_t key_size, const void *value, uint32_t value_size);

/* As state_write, and the entry, key and value, stands in clear in the delta for everyone to read. */
__attribute__((import_module("env"), import_name("state_write_public")))
void enigma_state_write_public(const void *key, uint32_t key_size, const void *value, uint32_t value_size);

/* Removes key; nothing happens when it is not there. */
__attribute__((import_module("env"), import_name("state_remove")))
void enigma_state_remove(const void *key, uint32_t key_size);

/* Size of the first key that starts with prefix and is greater than after, or ABSENT; empty after starts at the first. Copies the key to out when it fits. */
__attribute__((import_module("env"), import_name("state_next")))
int32_t enigma_state_next(const void *prefix, uint32_t prefix_size, const void *after, uint32_t after_size, void *out, uint32_t capacity);

/* Random bytes, at most MAX_RANDOM_BYTES: secret, fresh on every call within a task, and the same when the task is executed again. */
__attribute__((import_module("env"), import_name("random")))
void enigma_random(void *out, uint32_t size);

/* Ethereum's hash. */
__attribute__((import_module("env"), import_name("keccak256")))
void enigma_keccak256(const void *data, uint32_t size, void *out);

/* SHA-256 (FIPS 180-4). */
__attribute__((import_module("env"), import_name("sha256")))
void enigma_sha256(const void *data, uint32_t size, void *out);

/* Address whose key signed hash; 0 when there is none. signature is r | s | v with v 0, 1, 27 or 28; a high s is refused (EIP-2). */
__attribute__((import_module("env"), import_name("secp256k1_recover")))
int32_t enigma_secp256k1_recover(const void *hash, const void *signature, void *out);

/* Whether r | s signs hash under a public key of 33 (compressed) or 65 bytes; a high s is refused. */
__attribute__((import_module("env"), import_name("secp256k1_verify")))
int32_t enigma_secp256k1_verify(const void *hash, const void *signature, const void *public_key, uint32_t public_key_size);

/* Whether signature signs message (RFC 8032, strict: canonical encodings only). */
__attribute__((import_module("env"), import_name("ed25519_verify")))
int32_t enigma_ed25519_verify(const void *message, uint32_t size, const void *signature, const void *public_key);

/* Seals plaintext under the contract's own key with AES-256-GCM: nonce(12, from `random`) | ciphertext | tag(16). */
__attribute__((import_module("env"), import_name("encrypt")))
void enigma_encrypt(const void *key, const void *aad, uint32_t aad_size, const void *plaintext, uint32_t size, void *out);

/* Opens what `encrypt` made: the plaintext's size, or ABSENT when key, aad or box do not belong together. */
__attribute__((import_module("env"), import_name("decrypt")))
int32_t enigma_decrypt(const void *key, const void *aad, uint32_t aad_size, const void *box, uint32_t size, void *out);

/* Adds a call of an Ethereum contract, made from this contract's address when the task is committed; calls keep their order and stand or fall together. Each gets an even share of the record's callback gas. At most MAX_CALLBACKS of MAX_CALLBACK_DATA_BYTES. */
__attribute__((import_module("env"), import_name("ethereum_call")))
void enigma_ethereum_call(const void *target, const void *data, uint32_t size);

/* Adds an event to the output, sealed to the caller like the result. */
__attribute__((import_module("env"), import_name("emit_event")))
void enigma_emit_event(const void *data, uint32_t size);

/* A line of text for the developer. Only where the network's profile allows it; elsewhere a contract that imports it is refused. */
__attribute__((import_module("env"), import_name("debug_print")))
void enigma_debug_print(const void *text, uint32_t size);

#endif
