/** A page's surroundings: the browser, its wallet, and the server it comes from. */
import fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import path from "node:path"
import { build } from "esbuild"
import { type Browser, chromium, type Page } from "playwright-core"
import type { Settings } from "./page.ts"

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** @throws Error that says what to install */
export async function startBrowser(): Promise<Browser> {
  const executablePath = [process.env.CHROMIUM ?? [], PLACES].flat().find((file) => fs.existsSync(file))
  if (executablePath === undefined)
    throw new Error(
      "There is no Chromium here, and this test runs in a real one. Install it with " +
        "`apt-get install -y --no-install-recommends chromium`, or name one in the environment as CHROMIUM.",
    )
  // Inside a container there is no user namespace for Chromium's own sandbox; it opens nothing but the page below.
  return await chromium.launch({ executablePath, headless: true, args: ["--no-sandbox"] })
}

export interface Site {
  readonly url: string
  close(): Promise<void>
}

/** Serves the page as a site would: one bundle, and a policy that allows no evaluated code and no host but the gateways. */
export async function startSite(settings: Settings, wasm: Uint8Array): Promise<Site> {
  const bundle = await build({
    entryPoints: [path.join(import.meta.dirname, "page.ts")],
    ...{ bundle: true, minify: true, platform: "browser", format: "esm", conditions: ["@enigma/source"] },
    ...{ write: false, logLevel: "silent" },
  })
  const html = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>'
  const files: Record<string, readonly [string, string | Uint8Array]> = {
    "/": ["text/html", html],
    "/page.js": ["text/javascript", bundle.outputFiles[0]!.contents],
    "/settings.json": ["application/json", JSON.stringify(settings)],
    "/contract.wasm": ["application/wasm", wasm],
  }
  const policy = `default-src 'none'; img-src data:; script-src 'self'; connect-src 'self' ${settings.gateways.join(" ")}`
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ""] ?? ["text/plain", undefined]
    response.writeHead(body === undefined ? 404 : 200, { "content-type": type, "content-security-policy": policy })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}/`, close }
}

/** A chain node with keys of its own, or a signer before one. */
interface Sender {
  send(method: string, params: unknown[]): Promise<unknown>
}

const PROMPTS = ["eth_sendTransaction", "eth_signTypedData_v4", "personal_sign"]

/** A wallet extension for a page: EIP-1193 in the page, keys and prompts outside it. Whoever `send` reaches holds the keys. */
export class Wallet {
  readonly prompts: string[] = []
  readonly #chain: Sender
  readonly #account: string
  #asked: (() => void) | undefined
  #answer: Promise<void> | undefined

  constructor(chain: Sender, account: string) {
    this.#chain = chain
    this.#account = account
  }

  /** Installs it in every page that this one becomes, as an extension does. */
  async inject(page: Page): Promise<void> {
    await page.exposeFunction("walletRequest", (request: { method: string; params?: unknown[] }) =>
      this.#serve(request),
    )
    await page.addInitScript(() => {
      type Answer = { readonly result: unknown } | { readonly error: { readonly message: string } }
      const { walletRequest } = window as unknown as { walletRequest(request: unknown): Promise<Answer> }
      const request = async (call: unknown) => {
        const answer = await walletRequest(call)
        if ("error" in answer) throw Object.assign(new Error(answer.error.message), answer.error)
        return answer.result
      }
      Object.assign(window, { ethereum: { request } })
    })
  }

  /** The next prompt stays unanswered until `release`. */
  holdNext(): { readonly asked: Promise<void>; readonly release: () => void } {
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    this.#asked = asked.resolve
    this.#answer = answer.promise
    return { asked: asked.promise, release: answer.resolve }
  }

  async #serve({ method, params = [] }: { readonly method: string; readonly params?: unknown[] }) {
    try {
      if (method === "eth_accounts" || method === "eth_requestAccounts") return { result: [this.#account] }
      if (PROMPTS.includes(method)) await this.#prompt(method)
      return { result: await this.#chain.send(method, params) }
    } catch (error) {
      const { message, error: inner } = error as {
        message: string
        error?: { code: number; message: string; data: unknown }
      }
      return { error: inner ?? { code: -32_603, message } }
    }
  }

  async #prompt(method: string): Promise<void> {
    this.prompts.push(method)
    this.#asked?.()
    await this.#answer
    this.#asked = this.#answer = undefined
  }
}
