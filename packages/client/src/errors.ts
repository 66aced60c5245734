import { defineErrors } from "@enigma-discovery/protocol"

/**
 * Errors of the client. A sentence says what happened and what to do. The message of a secret contract stands in the data of
 * TASK_REVERTED and TASK_TRAPPED: it was sealed to this user, so log those errors only where the user's answers may be logged.
 */
export const clientErrors = defineErrors("CLIENT", {
  // --- configuration and network
  BAD_OPTION: "{what} is not usable: {why}. Correct it.",
  BAD_ADDRESS: "{what} is not a 20-byte address in 0x-hex; check where it comes from.",
  PROVIDER_UNUSABLE: "The provider speaks neither EIP-1193 (request) nor JSON-RPC (send); give one that does.",
  NO_SIGNER: "{what} needs a signer; create the client with `signer`, or with an EIP-1193 provider that has accounts.",
  WRONG_CHAIN: "The provider is on chain {got}, this client on {want}; switch the wallet's network.",
  WRONG_ENIGMA: "There is no Enigma contract at {address} on chain {chainId}; check `enigmaAddress`.",
  HISTORY_UNAVAILABLE: "The Ethereum node no longer has the state at block {block}; use a node that keeps it.",
  USER_REJECTED: "The wallet's owner refused to {what}, and nothing was sent. Ask again when they want it.",
  TIMED_OUT: "{what} did not happen within {timeoutMs} ms. {hint}",
  // --- gateways
  GATEWAY_UNREACHABLE: "Gateway {url} can't be reached: {why}. Check that its node runs, or list another.",
  GATEWAY_ANSWER_INVALID:
    "Gateway {url} answered {method} with something that is no valid answer: {why}. Use another gateway.",
  GATEWAY_REFUSED: "Gateway {url} refused {method} with code {rpcCode}: {why}. Ask again later, or use another.",
  GATEWAY_LIED: "Gateway {url} answered {method} with something that fails verification: {why}. Use another gateway.",
  GATEWAY_WRONG_NETWORK:
    "Gateway {url} serves chain {gotChainId} and Enigma {gotEnigma}, this client {chainId} and {enigma}. Take it off the list.",
  GATEWAYS_FAILED: "No gateway could answer {method}; check the network, or list more of them. {causes}",
  // --- trust in the worker
  NO_EPOCH: "No epoch is open yet, so no worker is drawn; wait for the first epoch.",
  NO_WORKER: "The lottery has no active worker in epoch {epoch}; wait for a worker to log in.",
  DRAW_DISAGREES:
    "Worker {got} is not the draw of contract {contract} in epoch {epoch}; worker {want} is. Ask again, or use another gateway.",
  WORKER_UNFIT: "Worker {workerId}, drawn for {contract} in epoch {epoch}, {why}. Wait for the next epoch.",
  WORKER_MISMATCH:
    "The {field} that worker {workerId} shows is not the one registered on chain. Use another gateway, or wait for the next epoch.",
  QUOTE_INVALID:
    "The attestation quote of worker {workerId} is refused: {why}. Check `trust`, or wait for the next epoch.",
  STATEMENT_INVALID: "The key statement for {contract} is refused: {why}. Use another gateway.",
  STATEMENT_STALE: "The key statement is for epoch {got}; epoch {inForce} is in force. Ask again.",
  // --- contracts and calls
  UNKNOWN_CONTRACT: "No secret contract is recorded at {contract}; check the address and the network.",
  ALREADY_DEPLOYED: "This account has already deployed this code to {contract}; give another `userSalt`.",
  CODE_TOO_LARGE: "The code is {got} bytes; at most {max} can be deployed. Make it smaller.",
  UNKNOWN_FUNCTION: "The ABI has no {kind} {name}; check its name and that this is the contract's ABI.",
  AMBIGUOUS_FUNCTION: "The ABI has several functions {name}; name one by its signature, as in {example}.",
  BAD_ARGUMENTS: "The arguments do not fit {signature}: {why}. Give what the ABI names.",
  BAD_RESULT: "The contract's answer does not fit the outputs of {signature}; use the ABI of the deployed code.",
  INPUT_TOO_LARGE: "The encoded call is {got} bytes; at most {max} can be sealed. Split it into several calls.",
  PRICE_TOO_HIGH: "The task would lock {got} grains; a record can lock at most {max}. Lower its gas limits or prices.",
  // --- records
  CREDIT_TOO_LOW: "The credit of {account} is {credit} grains; this needs {required}. Deposit ENG first.",
  RECORD_REVERTED: "Enigma refused to {what}: {reason}. Nothing was sent; change what it names and try again.",
  RECORD_FAILED: "Transaction {hash} was mined but failed, and changed nothing. Try again.",
  RECORD_MISMATCH:
    "The record on chain differs from what was sent: {field}. Check that only this client's code records the task.",
  RECORD_LOST: "The record of task {taskId} is no longer on chain after a re-org; record the task again.",
  NOTHING_EXPIRED: "No record of {contract} can be settled: of {waiting} that wait, {why}. Try again then.",
  ORDER_NONCES_USED_UP: "{signer} has 64 orders under way; wait for one to be recorded, or cancel some.",
  KEY_EPOCH_PASSED:
    "The envelope is for epoch {keyEpoch}, too old for epoch {inForce}, and can't be sealed anew here; prepare the task again.",
  // --- results
  OUTPUT_MISMATCH: "The sealed output of task {taskId} is refused: {why}. Use another gateway.",
  RESULT_INVALID: "The result of task {taskId} is refused: {why}. Use another gateway.",
  RECEIPT_INVALID: "The receipt of task {taskId} is refused: {why}. Use another gateway.",
  // --- outcomes of a task
  TASK_REVERTED: "The secret contract reverted; change what its message names and call again. {message}",
  TASK_OUT_OF_GAS: "The task used up its gas limit of {gasLimit}; record it again with more.",
  TASK_TRAPPED: "The secret contract trapped; report it to its authors. {message}",
  TASK_BAD_INPUT: "The secret contract could not read the call; check that the ABI is the deployed code's. {message}",
  TASK_CALLBACK_FAILED:
    "The contract's call to Ethereum failed, so the task changed nothing; check what the called contract requires and call again. {message}",
  TASK_INPUTS_MISSING: "The worker never received the envelope of task {taskId}; send it again to more gateways.",
  TASK_STALE_KEY: "Task {taskId} was recorded too late for its key. Call again.",
  TASK_NOT_DEPLOYED:
    "Contract {contract} was never deployed: its code did not appear, or its constructor failed. Deploy it again.",
  TASK_ENGINE_FAULT:
    "The engine failed on task {taskId}; its gas is charged, state unchanged. Report it to the contract's authors.",
  TASK_EXPIRED: "Task {taskId} was not executed in time, and its lock is refunded. Call again.",
  // --- private reads
  NOT_A_VIEW: "{name} is no view function in the ABI, so it can't be asked; call it as a task.",
  PERMIT_INVALID:
    "The wallet's signature is not {account}'s own. Contract wallets can't sign permits to read; use an account with a key.",
  PERMIT_UNFIT: "The permit does not cover this query: {why}. Sign another one.",
  QUERY_REFUSED: "The enclave refuses the query of {contract}: {why}. Sign another permit.",
  QUERY_STALE:
    "The state of {contract} stands after {records} records as of block {block}; {minRecords} records and block {minBlock} are asked for. Ask again later.",
  QUERY_INVALID: "The answer to the query of {contract} is refused: {why}. Use another gateway.",
  QUERY_REVERTED: "The secret contract reverted the query; change what its message names and ask again. {message}",
  QUERY_OUT_OF_GAS: "The query used up the gas that a free read has; ask for less at once.",
  QUERY_TRAPPED: "The query trapped; report it to the contract's authors. {message}",
  QUERY_BAD_INPUT: "The secret contract could not read the query; check that the ABI is the deployed code's. {message}",
  // --- inputs for later
  STORED_INVALID: "The stored inputs can't be opened: {why}. Use the account and contract they were sealed for.",
  // --- export and import
  EXPORT_INVALID:
    "The text is no exported task: {why}. Give the whole text that `exportTask` or `exportPrepared` made.",
  SECRET_FORGOTTEN:
    "The key of this task was wiped; its output can no longer be opened here. Import an export of it made before, or call again.",
})
