// Who may import whom. The one place where this is decided; check-layers.ts enforces it and draws it into ARCHITECTURE.md.

export interface Layer {
  /** Doors a file behind this door may import, besides whatever those may import themselves. */
  readonly imports: readonly string[]
  /** Must run in a browser: nothing it reaches may touch Node or WebAssembly. */
  readonly browser?: true
  /** Runs inside the enclave: no chain library, no network, no files. */
  readonly enclaved?: true
}

export interface Room {
  readonly owns: string
  readonly leaves: string
  /** Door name as in package.json `exports`, without the leading "./". */
  readonly doors: Readonly<Record<string, Layer>>
}

export const SCOPE = "@enigma-discovery/"

/** Lowest first. A door is written `package` for "." and `package/door` for the rest. */
export const ROOMS: Readonly<Record<string, Room>> = {
  protocol: {
    owns: "what the bytes are: codecs, tags, limits, host-ABI table, task states, errors",
    leaves: "any cryptography, chain or network",
    doors: { ".": { imports: [], browser: true } },
  },
  crypto: {
    owns: "hash, sign, seal; a browser-safe door and a node:crypto door over the same vectors",
    leaves: "what is hashed, signed or sealed",
    doors: { ".": { imports: ["protocol"], browser: true }, node: { imports: ["crypto"] } },
  },
  verify: {
    owns: "pure checks: draw, receipts, storage and header proofs, quotes, key statements, freshness",
    leaves: "fetching what it checks",
    doors: { ".": { imports: ["crypto"], browser: true } },
  },
  contracts: {
    owns: "generated typed ABIs of the contracts, and their creation code",
    leaves: "any logic",
    doors: { ".": { imports: ["protocol"], browser: true }, deployment: { imports: [] } },
  },
  chain: {
    owns: "following events through re-orgs, and sending transactions",
    leaves: "what a task, worker or epoch means",
    doors: {
      follow: { imports: ["contracts", "verify"], browser: true },
      transact: { imports: ["contracts", "verify", "crypto/node"] },
    },
  },
  "runtime-wasm": {
    owns: "validating, metering and running secret-contract WASM",
    leaves: "keys, chain and network",
    doors: { ".": { imports: ["protocol"] } },
  },
  enclave: {
    owns: "the two measured programs and the host that starts and talks to them",
    leaves: "the chain, the network and the disk",
    doors: {
      "worker-program": { imports: ["verify", "crypto/node", "runtime-wasm"], enclaved: true },
      "key-manager-program": { imports: ["verify", "crypto/node"], enclaved: true },
      host: { imports: ["verify", "crypto/node", "runtime-wasm"] },
      bundle: { imports: ["protocol"] },
      engine: { imports: ["verify", "crypto/node", "runtime-wasm"], enclaved: true },
    },
  },
  client: {
    owns: "the dApp library",
    leaves: "sending transactions on its own",
    doors: { ".": { imports: ["chain/follow", "verify"], browser: true } },
  },
  node: {
    owns: "the roles worker, key manager, witness and gateway, over libp2p",
    leaves: "plaintext and keys, which stay in the enclave",
    doors: {
      ".": { imports: ["enclave/host", "chain/follow", "chain/transact", "crypto/node"] },
      main: { imports: ["node"] },
    },
  },
  devnet: {
    owns: "launching local networks, as processes or in-process",
    leaves: "what the nodes do",
    doors: {
      ".": {
        imports: ["node", "node/main", "client", "contracts", "contracts/deployment", "enclave/host", "enclave/bundle"],
      },
      "in-process": { imports: ["node", "client", "contracts", "contracts/deployment", "enclave/host"] },
    },
  },
  "hardhat-plugin": {
    owns: "`connection.enigma`, matchers, tasks and the build of secret contracts in Hardhat",
    leaves: "what networks and clients do",
    doors: {
      ".": {
        imports: [
          ...["devnet", "devnet/in-process", "client", "contracts", "sdk-as", "hardhat-plugin/types"],
          ...["enclave/engine", "runtime-wasm", "crypto/node"], // enigma:debug
        ],
      },
      types: { imports: ["devnet/in-process", "client", "protocol"] },
    },
  },
  testing: {
    owns: "conformance suites and vectors, for tests only",
    leaves: "anything a program uses",
    doors: { ".": { imports: ["crypto/node"] } },
  },
  "sdk-as": {
    owns: "the AssemblyScript library for secret contracts (assembly/), its compiler, and simulating what it compiles",
    leaves: "chain, network and keys of what it simulates",
    doors: {
      ".": { imports: ["crypto"] },
      simulate: { imports: ["sdk-as", "enclave/engine", "runtime-wasm", "crypto/node", "client"] },
    },
  },
}

/** External packages that only some rooms may import, and why. */
export const RESERVED: readonly {
  readonly packages: RegExp
  readonly rooms: readonly string[]
  readonly why: string
}[] = [
  { packages: /^@noble\//, rooms: ["crypto"], why: "import @enigma-discovery/crypto instead" },
  {
    packages: /^(libp2p$|@libp2p\/|@chainsafe\/|@multiformats\/)/,
    rooms: ["node"],
    why: "only the node speaks to the network; import @enigma-discovery/node",
  },
  {
    packages: /^ethers$/,
    rooms: ["chain", "client", "node", "devnet", "sdk-as", "hardhat-plugin"],
    why: "the rooms below the chain work on bytes; use @enigma-discovery/protocol and crypto",
  },
  { packages: /^esbuild$/, rooms: ["enclave"], why: "only the enclave bundles code, to measure it" },
]

/** What nothing inside the enclave may import. */
export const NOT_IN_ENCLAVE =
  /^(node:(fs|fs\/promises|http|https|http2|dgram|dns|dns\/promises|tls|cluster|inspector|inspector\/promises|sqlite)|ethers|libp2p|@libp2p\/.*)$/

/** Globals that a browser does not have, or that secret data must not meet there. */
export const NOT_IN_BROWSER: ReadonlySet<string> = new Set([
  "Buffer",
  "process",
  "WebAssembly",
  "require",
  "__dirname",
  "__filename",
  "setImmediate",
])
