/**
 * A network inside one process: a libp2p transport whose connections are queues. What a test does to it (partition, delay, a node
 * that is held) is decided by `conditions`, asked for every connection and every chunk of bytes.
 */
import {
  type Connection,
  type Listener,
  type ListenerEvents,
  type Transport,
  TypedEventEmitter,
  transportSymbol,
} from "@libp2p/interface"
import { AbstractMultiaddrConnection, type SendResult } from "@libp2p/utils"
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr"
import type { Libp2pOptions } from "libp2p"

type TransportFactory = NonNullable<Libp2pOptions["transports"]>[number]
type Upgrader = Parameters<Transport["createListener"]>[0]["upgrader"]
type Log = AbstractMultiaddrConnection["log"]

export interface LinkConditions {
  reaches(from: string, to: string): boolean
  /** Waited for before a chunk arrives; undefined: it arrives at once. Chunks of one connection stay in order. */
  transit(from: string, to: string): Promise<void> | undefined
}

export interface MemoryNetwork {
  /** For one node: its address is `/memory/<name>`. */
  transport(name: string): TransportFactory
  /** Ends the connections between nodes that can't reach each other any more. */
  cut(): void
  /** A node is gone: it listens no more, and its connections end. */
  remove(name: string): void
  /** Chunks delivered so far; it tells whether the network is still at work. */
  delivered(): number
}

interface Wire {
  readonly from: string
  readonly to: string
  readonly abort: () => void
}

export const memoryAddress = (name: string): string => `/memory/${name}`
const nameOf = (address: Multiaddr): string => address.toString().split("/")[2] ?? ""
const isMemory = (address: Multiaddr): boolean => address.toString().startsWith("/memory/")

export function createMemoryNetwork(conditions: LinkConditions): MemoryNetwork {
  const listeners = new Map<string, (connection: MemoryConnection) => void>()
  const wires = new Set<Wire>()
  let delivered = 0
  const arrive = () => {
    delivered++
  }

  function connect(from: string, to: string, log: Log): MemoryConnection {
    const accept = listeners.get(to)
    if (accept === undefined || !conditions.reaches(from, to)) throw new Error(`${to} can't be reached from ${from}`)
    const make = (local: string, remote: string, direction: "outbound" | "inbound") =>
      new MemoryConnection({
        log,
        direction,
        remoteAddr: multiaddr(memoryAddress(remote)),
        transit: () => conditions.transit(local, remote),
        arrive,
      })
    const ours = make(from, to, "outbound")
    const theirs = make(to, from, "inbound")
    ours.join(theirs)
    theirs.join(ours)
    const abort = () => {
      for (const end of [ours, theirs]) end.abort(new Error("the link is cut"))
    }
    const wire: Wire = { from, to, abort }
    wires.add(wire)
    ours.addEventListener("close", () => wires.delete(wire))
    accept(theirs)
    return ours
  }

  const abortWhere = (isMeant: (wire: Wire) => boolean) => {
    for (const wire of [...wires]) if (isMeant(wire)) wire.abort()
  }

  return {
    transport: (name) => (components) => {
      const log = components.logger.forComponent("enigma:memory")
      return {
        [Symbol.toStringTag]: "@enigma-discovery/memory",
        [transportSymbol]: true,
        async dial(address, options): Promise<Connection> {
          options.signal.throwIfAborted()
          return await options.upgrader.upgradeOutbound(connect(name, nameOf(address), log), options)
        },
        createListener: ({ upgrader }) => new MemoryListener(listeners, upgrader),
        listenFilter: (addresses) => addresses.filter(isMemory),
        dialFilter: (addresses) => addresses.filter(isMemory),
      } satisfies Transport
    },
    cut: () => abortWhere(({ from, to }) => !conditions.reaches(from, to)),
    remove(name) {
      listeners.delete(name)
      abortWhere(({ from, to }) => from === name || to === name)
    },
    delivered: () => delivered,
  }
}

class MemoryListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #listeners: Map<string, (connection: MemoryConnection) => void>
  readonly #upgrader: Upgrader
  readonly #closing = new AbortController()
  #address: Multiaddr | undefined

  constructor(listeners: Map<string, (connection: MemoryConnection) => void>, upgrader: Upgrader) {
    super()
    this.#listeners = listeners
    this.#upgrader = upgrader
  }

  async listen(address: Multiaddr): Promise<void> {
    this.#address = address
    this.#listeners.set(nameOf(address), (connection) => {
      const { signal } = this.#closing
      this.#upgrader.upgradeInbound(connection, { signal }).catch((error: Error) => connection.abort(error))
    })
    this.safeDispatchEvent("listening")
  }

  getAddrs(): Multiaddr[] {
    return this.#address === undefined ? [] : [this.#address]
  }

  updateAnnounceAddrs(): void {}

  async close(): Promise<void> {
    this.#closing.abort()
    if (this.#address !== undefined) this.#listeners.delete(nameOf(this.#address))
    this.safeDispatchEvent("close")
  }
}

interface EndOptions {
  readonly log: Log
  readonly direction: "outbound" | "inbound"
  readonly remoteAddr: Multiaddr
  readonly transit: () => Promise<void> | undefined
  readonly arrive: () => void
}

/** One end of a connection. */
class MemoryConnection extends AbstractMultiaddrConnection {
  readonly #options: EndOptions
  #remote: MemoryConnection | undefined
  /** Settles when everything sent before has arrived; undefined: it has. */
  #underway: Promise<void> | undefined

  constructor(options: EndOptions) {
    super(options)
    this.#options = options
  }

  join(remote: MemoryConnection): void {
    this.#remote = remote
  }

  sendData(data: Parameters<AbstractMultiaddrConnection["onData"]>[0]): SendResult {
    const bytes = data instanceof Uint8Array ? data.slice() : data.slice()
    this.#carry((remote) => {
      if (remote.status === "open") remote.onData(bytes)
    })
    return { sentBytes: bytes.byteLength, canSendMore: true }
  }

  sendReset(): void {
    this.#carry((remote) => remote.status === "open" && remote.onRemoteReset())
  }

  async sendClose(): Promise<void> {
    this.#carry((remote) => remote.onTransportClosed())
  }

  // Whoever is paused keeps what arrives in its own bounded buffer.
  sendPause(): void {}
  sendResume(): void {}

  #carry(deliver: (remote: MemoryConnection) => void): void {
    const transit = this.#options.transit()
    const before = this.#underway
    const arrival = (async () => {
      await Promise.all([before, transit])
      this.#options.arrive()
      deliver(this.#remote!)
    })().catch((error) => this.log.error("delivery failed - %e", error))
    this.#underway = arrival
  }
}
