import { defineErrors } from "@enigma-discovery/protocol"

/** `RPC_*` may pass when tried again; the others will not. */
export const chainErrors = defineErrors("CHAIN", {
  RPC_UNREACHABLE: "The Ethereum node did not answer {method}.",
  RPC_REFUSED: "The Ethereum node refused {method} with code {rpcCode}.",
  BAD_RESPONSE: "The Ethereum node's answer is not valid: {what}.",
  WRONG_CHAIN: "The Ethereum node serves chain {got}; chain {want} is configured.",
  BLOCK_NOT_FOUND: "Block {block} is not known to the Ethereum node.",
  NOT_A_CONTRACT: "There is no contract at {address}; check the configured address and chain.",
  REVERTED: "The call to {method} would revert with {error}.",
  TRANSACTION_FAILED: "Transaction {hash} was mined and reverted with {error}.",
  NONCE_TAKEN: "Nonce {nonce} of {account} was used by a transaction from elsewhere.",
  DEADLINE_PASSED: "The transaction '{id}' was not mined by block {deadlineBlock}; its nonce is being freed.",
  FEE_ABOVE_CAP: "The base fee of {baseFeeWei} wei is above the configured cap of {capWei} wei.",
  GAS_ABOVE_CAP: "The transaction needs {gas} gas; a transaction may have {cap} (EIP-7825).",
  BAD_LEDGER: "The nonce ledger holds an entry that can't be read: {what}.",
  STOPPED: "The transaction manager has stopped; '{id}' stays in its ledger.",
})
