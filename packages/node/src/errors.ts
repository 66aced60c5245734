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
  TRUST_MISMATCH: "Enigma at {enigma} trusts other keys, witnesses or rules than this node's network configuration.",
  BATCH_OUT_OF_PLACE: "A batch of {contract} from record {fromIndex} does not follow what the chain shows now.",
  NOT_DRAWN: "This worker is not drawn for {contract}, or has no key for it yet.",
  QUERY_NOT_READY: "This worker can't answer queries of {contract} yet; its state, keys or view are on their way.",
  QUERY_REFUSED:
    "The enclave can't open the query of {contract}: it was sealed to another epoch's key. Ask for the key again.",
  QUERIES_BUSY: "{waiting} queries are waiting for the enclave; ask again later.",
  INDEX_GAP:
    "The chain's events for {contract} jump from record {want} to {got}; is chain.fromBlock after Enigma's deployment?",
  PORT_UNUSABLE: "The gateway can't listen on {host}:{port}; is the port taken? Port 0 takes any that is free.",
  STORE_UNUSABLE: "The store in {directory} can't be opened; is another process using it?",
  STORE_DAMAGED:
    "A value in bucket '{bucket}' does not decode. Move the data directory away and let the node sync anew.",
  PEER_UNREACHABLE: "Peer {peer} did not answer '{request}' in time.",
  PEER_REFUSED: "Peer {peer} answered '{request}' with status {status}.",
  PEER_MISBEHAVED: "Peer {peer} answered '{request}' with bytes that are no answer.",
  DEV_ROOT_REFUSED: "A simulated attestation root is refused on chain {chainId}.",
  WRONG_PROGRAM: "The key-manager program measures {got}; the network names {want} (network.keyManagerMeasurement).",
  SHARES_MISSING: "There are no key shares in {directory}; run the role key-generation there first.",
  ENCLAVE_ENDED: "The enclave has ended: {detail}.",
  BEACON_UNAVAILABLE: "{got} of {want} needed parts of the beacon for epoch {epoch} came from the key managers.",
  WITNESS_NOT_LISTED: "The witness key's address {address} is not among network.witnesses.",
  WITNESS_CONFLICT:
    "Block {block} has another hash now than the one signed with {depth} confirmations before: the chain re-organised deeper than the network's depth, or the Ethereum node serves another chain. Nothing more is signed.",
  REQUEST_TOO_LARGE: "The request '{request}' has {got} bytes; at most {max} are sent.",
})
