// Does what the pages say, in a home of its own.
import assert from "node:assert/strict"
import fs from "node:fs"
import path from "node:path"
import type { Shell } from "./shell.ts"
import { contentOf, docSteps, type Step } from "./steps.ts"

/** What a command that stays up says when it is up. */
const UP = /Ctrl-C stops it|Local: +(http:\S+)/

export interface Followed {
  /** Addresses that commands printed, of pages to look at. */
  readonly urls: readonly string[]
}

/** One page, block by block. @throws Error for the first thing that is not as the page says */
export async function followPage(shell: Shell, page: string): Promise<Followed> {
  const urls: string[] = []
  for (const step of docSteps(page)) {
    const url = await follow(shell, step)
    if (url !== undefined) urls.push(url)
  }
  return { urls }
}

async function follow(shell: Shell, step: Step): Promise<string | undefined> {
  console.error(`\n--- ${step.kind === "file" ? step.file : step.text.trim()}`)
  if (step.kind === "file") putFile(shell.cwd, step.file, step.text)
  else if (step.kind === "run") await shell.run(step.text)
  else return UP.exec(await shell.keepUp(step.text, UP))?.[1]
  return undefined
}

/** A file that is there must have the text as it stands; one that is not is written. */
export function putFile(project: string, file: string, text: string): void {
  const at = path.join(project, file)
  if (fs.existsSync(at)) {
    const isSame = fs.readFileSync(at, "utf8").includes(contentOf(text))
    assert.ok(isSame, `${file} is not what the page shows of it:\n${contentOf(text)}`)
    return
  }
  fs.mkdirSync(path.dirname(at), { recursive: true })
  fs.writeFileSync(at, contentOf(text))
}
