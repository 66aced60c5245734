// The table and the picture of the rooms, as ARCHITECTURE.md shows them.
import { ROOMS } from "./rules.ts"

const BEGIN = "<!-- layers:begin -->"
const END = "<!-- layers:end -->"

export function drawLayers(): string {
  const rows = Object.entries(ROOMS).map(([room, { owns, leaves, doors }]) => {
    const imports = Object.entries(doors).map(([door, layer]) => {
      const list = layer.imports.map((name) => `\`${name}\``).join(", ") || "nothing"
      return door === "." ? list : `\`./${door}\`: ${list}`
    })
    return `| \`${room}\` | ${owns} | ${leaves} | ${imports.join("; ") || "-"} |`
  })
  const edges = Object.entries(ROOMS).flatMap(([room, { doors }]) =>
    [...new Set(Object.values(doors).flatMap((layer) => layer.imports.map((name) => name.split("/")[0] ?? name)))]
      .filter((below) => below !== room)
      .map((below) => `  ${room} --> ${below}`),
  )
  return [
    "| package | owns | does not own | may import (and what those may) |",
    "|---|---|---|---|",
    ...rows,
    "",
    "```mermaid",
    "graph TD",
    ...edges,
    "```",
  ].join("\n")
}

/** `document` with the drawing between its markers; undefined if it has no markers. */
export function withLayers(document: string): string | undefined {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin < 0 || end < begin) return undefined
  return `${document.slice(0, begin + BEGIN.length)}\n${drawLayers()}\n${document.slice(end)}`
}
