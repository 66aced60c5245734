/**
 * What of Node a program is left with: its own file to read, and computing. The permission model leaves two holes, measured:
 * `node:sqlite` opens files in spite of it, hence its own flag; and the network, which a namespace has to close.
 * `mayFork`: for the worker's core, whose engines are processes of their own.
 */
export const nodeArguments = (programFile: string, memoryMb: number, mayFork: boolean): readonly string[] => [
  "--permission",
  `--allow-fs-read=${programFile}`,
  ...(mayFork ? ["--allow-child-process"] : []),
  "--no-experimental-sqlite",
  "--no-addons",
  "--disallow-code-generation-from-strings",
  "--frozen-intrinsics",
  "--no-warnings",
  `--max-old-space-size=${memoryMb}`,
  programFile,
]
