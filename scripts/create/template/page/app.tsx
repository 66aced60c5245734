import { contractAt } from "@enigma-discovery/client"
import { useState } from "react"
import { ballotAbi, type Deployment, deployment } from "./deployment.ts"
import { type Connection, connect, ensureCredit } from "./wallet.ts"

export function App() {
  if (deployment === undefined)
    return <p>Nothing is deployed yet. Run `npm run network`, then `npm run deploy`, and reload.</p>
  return <Voting deployment={deployment} />
}

function Voting({ deployment }: { deployment: Deployment }) {
  const [connection, setConnection] = useState<Connection>()
  const [said, setSaid] = useState("")
  const [busy, setBusy] = useState(false)

  /** One thing at a time; what goes wrong is told. */
  const act = (what: string, run: () => Promise<string>) => async () => {
    setBusy(true)
    setSaid(`${what} ...`)
    await run().then(setSaid, (error: unknown) => setSaid(error instanceof Error ? error.message : String(error)))
    setBusy(false)
  }
  const join = act("Connecting", async () => {
    const made = await connect(deployment)
    setConnection(made)
    return `Connected as ${made.account}`
  })
  if (connection === undefined)
    return (
      <section>
        <h1>Shall we?</h1>
        <button type="button" disabled={busy} onClick={join}>
          Connect a wallet
        </button>
        <p role="status">{said}</p>
      </section>
    )

  const { client } = connection
  const ballot = contractAt(client, deployment.ballot, ballotAbi)
  const vote = (yes: boolean) =>
    act("Voting: encrypting, recording, waiting for the enclave", async () => {
      await ensureCredit(client)
      const task = await ballot.call({ fn: "vote", args: [yes] })
      await task.result()
      return "Voted. Only you can read what."
    })
  const ask = act("Asking in private", async () => {
    const yes = await ballot.query({ fn: "myVote", args: [] })
    return `You voted ${yes ? "yes" : "no"}.`
  })
  return (
    <section>
      <h1>Shall we?</h1>
      <button type="button" disabled={busy} onClick={vote(true)}>
        Yes
      </button>
      <button type="button" disabled={busy} onClick={vote(false)}>
        No
      </button>
      <button type="button" disabled={busy} onClick={ask}>
        What did I vote?
      </button>
      <p role="status">{said}</p>
    </section>
  )
}
