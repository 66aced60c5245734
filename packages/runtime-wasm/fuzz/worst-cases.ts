import { buildModule, type FunctionParts, I32, I64, type ModuleParts, s64, times, u32 } from "./build-module.ts"

/** A module made to hurt, and how it must end: the code of its refusal, or the kind of outcome (a trap's kind for a trap). */
export type WorstCase = { readonly name: string; readonly ends: string; readonly make: () => Uint8Array }

const EMPTY: FunctionParts = { code: [] }
/** A module that does `code` when called. */
const calling = (
  code: readonly number[],
  more: Partial<ModuleParts> & { readonly locals?: FunctionParts["locals"] } = {},
) => buildModule({ ...more, functions: [...(more.functions ?? []), EMPTY, { code, locals: more.locals ?? [] }] })
const loop = (...body: number[]): number[] => [0x03, 0x40, ...body, 0x0c, 0, 0x0b]
const MEMORY = { memory: [0, 1] }
const FULL_MEMORY = { memory: [1, ...u32(256), ...u32(256)] }
const TABLE = { table: [0x70, 0, ...u32(16_384)] }
const i32 = (n: number): number[] => [0x41, ...s64(n)]
const NOP_LINE = 65_000
const named = (text: string): number[] => [text.length, ...Buffer.from(text)]

/** Ifs whose arms set one local each. */
const arms = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => [0x20, 0, 0xa7, 0x04, 0x40, 0x42, 7, 0x21, ...u32(i % 2_000), 0x0b]).flat()

/** Shapes that the pass, V8 or the running code could choke on. */
const SHAPES: readonly (readonly [string, string, () => Uint8Array])[] = [
  ["a function of 1 MB", "TOO_MANY", () => calling(times(500_000, [0x41, 0, 0x1a].slice(0, 2)))],
  [
    "1 MB of straight line in eight functions",
    "success",
    () =>
      buildModule({
        functions: [
          ...Array.from({ length: 7 }, () => ({ code: times(43_000, [0x41, 0, 0x1a]) })),
          EMPTY,
          { code: [0, 1, 2, 3, 4, 5, 6].flatMap((f) => [0x10, f]) },
        ],
      }),
  ],
  [
    "a straight line of stores, looped",
    "out-of-gas",
    () => calling(loop(...times(13_000, [0x41, 0, 0x41, 1, 0x36, 2, 0])), MEMORY),
  ],
  ["50,000 locals", "TOO_MANY", () => calling([], { locals: [[50_000, I64]] })],
  ["4,294,967,295 locals", "TOO_MANY", () => calling([], { locals: [[4_294_967_295, I32]] })],
  [
    "a million empty groups of locals",
    "TOO_MANY",
    () => calling([], { locals: Array.from({ length: 30_000 }, () => [0, I32] as const) }),
  ],
  [
    "2,000 locals, called in a loop",
    "out-of-gas",
    () => calling(loop(0x10, 0), { functions: [{ code: [], locals: [[2_000, I64]] }] }),
  ],
  [
    "2,000 locals live through 6,000 loops",
    "TOO_MANY",
    () =>
      calling(
        loop(...times(6_000, [0x03, 0x40, 0x20, 0, 0x42, 1, 0x7c, 0x21, ...u32(1_999), 0x42, 2, 0x21, 0, 0x0b])),
        { locals: [[2_000, I64]] },
      ),
  ],
  [
    "2,000 locals set in arms of 8,000 ifs",
    "TOO_MANY",
    () =>
      calling(
        loop(
          ...Array.from({ length: 8_000 }, (_, i) => [
            0x20,
            0,
            0xa7,
            0x04,
            0x40,
            0x42,
            7,
            0x21,
            ...u32(i % 2_000),
            0x0b,
          ]).flat(),
        ),
        { locals: [[2_000, I64]] },
      ),
  ],
  [
    "2,000 locals set in as many arms of ifs as may be",
    "out-of-gas",
    () => calling(loop(...arms(240)), { locals: [[2_000, I64]] }),
  ],
  [
    "2,000 locals set in more arms of ifs than may be",
    "TOO_MANY",
    () => calling(loop(...arms(300)), { locals: [[2_000, I64]] }),
  ],
  [
    "locals set in arms of ifs in eight functions",
    "TOO_MANY",
    () => {
      const functions = Array.from({ length: 8 }, () => ({ code: arms(240), locals: [[2_000, I64]] as const }))
      return calling([], { functions })
    },
  ],
  ["nesting of 512 blocks", "success", () => calling([...times(511, [0x02, 0x40]), ...times(511, [0x0b])])],
  ["nesting of 5,000 blocks", "TOO_MANY", () => calling([...times(5_000, [0x02, 0x40]), ...times(5_000, [0x0b])])],
  [
    "512 loops within one another, all jumping out",
    "out-of-gas",
    () => calling([...times(500, [0x03, 0x40]), 0x0c, ...u32(499), ...times(500, [0x0b])]),
  ],
  [
    "a br_table of 4,096 targets over 500 blocks",
    "out-of-gas",
    () => {
      const table = Array.from({ length: 4_096 }, (_, i) => u32(i % 500)).flat()
      return calling(
        loop(
          ...times(500, [0x02, 0x40]),
          0x20,
          0,
          0x41,
          1,
          0x6a,
          0x22,
          0,
          0x0e,
          ...u32(4_096),
          ...table,
          0,
          ...times(500, [0x0b]),
        ),
        { locals: [[1, I32]] },
      )
    },
  ],
  ["a br_table of 50,000 targets", "TOO_MANY", () => calling([0x41, 0, 0x0e, ...u32(50_000), ...times(50_001, [0])])],
  [
    "20,000 calls charged at 9,000 jumps back",
    "out-of-gas",
    () =>
      calling(
        [0x03, 0x40, ...times(20_000, [0x10, 0]), ...times(9_000, [0x20, 0, 0x45, 0x04, 0x40, 0x0c, 1, 0x0b]), 0x0b],
        {
          functions: [EMPTY],
          locals: [[1, I32]],
        },
      ),
  ],
  [
    "a chain of 9,000 functions",
    "STACK_TOO_DEEP",
    () =>
      buildModule({
        functions: [...Array.from({ length: 9_000 }, (_, i) => ({ code: [0x10, ...u32(i + 1)] })), EMPTY, EMPTY],
      }),
  ],
  [
    "a tree of calls that doubles 60 times",
    "out-of-gas",
    () => {
      const functions = Array.from({ length: 60 }, (_, i) => ({ code: i === 0 ? [] : [0x10, i - 1, 0x10, i - 1] }))
      return calling([0x10, 59], { functions })
    },
  ],
  [
    "10,000 functions that may all call one another",
    "stack-overflow",
    () => {
      const functions = Array.from({ length: 9_998 }, () => ({ code: [0x41, 0, 0x11, 0, 0] }))
      return calling([0x10, 0], { ...TABLE, functions, elements: Array.from({ length: 9_998 }, (_, i) => i) })
    },
  ],
  ["10,001 functions", "TOO_MANY", () => buildModule({ functions: Array.from({ length: 10_001 }, () => EMPTY) })],
  ["endless recursion", "stack-overflow", () => calling([0x10, 0], { functions: [{ code: [0x10, 0] }] })],
  [
    "recursion with 2,000 locals and 64 parameters",
    "stack-overflow",
    () =>
      calling([...times(64, [0x42, 0]), 0x10, 0], {
        types: [
          [[], []],
          [Array.from({ length: 64 }, () => I64), []],
        ],
        functions: [{ type: 1, code: [...times(64, [0x42, 1]), 0x10, 0], locals: [[1_900, I64]] }],
      }),
  ],
  [
    "recursion through the table",
    "stack-overflow",
    () => calling([0x10, 0], { ...TABLE, functions: [{ code: [0x41, 0, 0x11, 0, 0] }], elements: [0] }),
  ],
  ["operands 60,000 deep", "STACK_TOO_DEEP", () => calling([...times(60_000, [0x41, 0]), ...times(4_000, [0x1a])])],
  [
    "fills of all memory",
    "out-of-gas",
    () => calling(loop(...i32(0), ...i32(7), ...i32(16_777_216), 0xfc, 0x0b, 0), FULL_MEMORY),
  ],
  ["fills of nothing", "out-of-gas", () => calling(loop(...i32(0), ...i32(7), ...i32(0), 0xfc, 0x0b, 0), MEMORY)],
  [
    "copies of all memory onto itself",
    "out-of-gas",
    () => calling(loop(...i32(1), ...i32(0), ...i32(16_777_215), 0xfc, 0x0a, 0, 0), FULL_MEMORY),
  ],
  ["copies of 7 bytes", "out-of-gas", () => calling(loop(...i32(1), ...i32(100), ...i32(7), 0xfc, 0x0a, 0, 0), MEMORY)],
  [
    "copies of the whole table",
    "out-of-gas",
    () => calling(loop(...i32(0), ...i32(1), ...i32(16_383), 0xfc, 0x0e, 0, 0), TABLE),
  ],
  [
    "inits of the whole table",
    "out-of-gas",
    () =>
      calling(loop(...i32(0), ...i32(0), ...i32(16_000), 0xfc, 0x0c, 0, 0), {
        ...TABLE,
        raw: [[9, [1, 1, 0, ...u32(16_000), ...times(16_000, [0])]]],
      }),
  ],
  [
    "a fill beyond memory",
    "memory-out-of-bounds",
    () => calling([...i32(-1), ...i32(0), ...i32(2), 0xfc, 0x0b, 0], MEMORY),
  ],
  ["growing to the limit", "success", () => calling([...i32(255), 0x40, 0, 0x1a], MEMORY)],
  [
    "growing by 4,294,967,295 pages, again and again",
    "out-of-gas",
    () => calling(loop(...i32(-1), 0x40, 0, 0x1a), MEMORY),
  ],
  ["growing page by page", "out-of-gas", () => calling(loop(...i32(1), 0x40, 0, 0x1a), MEMORY)],
  [
    "a first write to every page",
    "out-of-gas",
    () =>
      calling(loop(...i32(0), 0x20, 0, 0x36, 2, 0, 0x20, 0, ...i32(65_536), 0x6a, ...i32(16_777_215), 0x71, 0x21, 0), {
        ...FULL_MEMORY,
        locals: [[1, I32]],
      }),
  ],
  ["a memory of 257 pages", "TOO_MANY", () => calling([], { memory: [0, ...u32(257)] })],
  ["a memory of 65,536 pages", "TOO_MANY", () => calling([], { memory: [1, ...u32(65_536), ...u32(65_536)] })],
  ["a memory that may grow to 4 GB", "success", () => calling([], { memory: [1, 1, ...u32(65_536)] })],
  ["a table of 4,294,967,295", "TOO_MANY", () => calling([], { table: [0x70, 0, ...u32(4_294_967_295)] })],
  [
    "a table that may grow to 4,294,967,295",
    "success",
    () => calling([], { table: [0x70, 1, 1, ...u32(4_294_967_295)] }),
  ],
  [
    "more elements than a table holds",
    "SEGMENT_OUT_OF_RANGE",
    () => calling([], { table: [0x70, 0, 1], elements: [0, 0] }),
  ],
  [
    "a start function that never ends",
    "out-of-gas",
    () => buildModule({ functions: [{ code: loop() }, EMPTY, EMPTY], start: 0 }),
  ],
  [
    "a start function that traps",
    "unreachable",
    () => buildModule({ functions: [{ code: [0x00] }, EMPTY, EMPTY], start: 0 }),
  ],
  [
    "a start function that recurses",
    "stack-overflow",
    () => buildModule({ functions: [{ code: [0x10, 0] }, EMPTY, EMPTY], start: 0 }),
  ],
  [
    "a start function with a result",
    "MALFORMED",
    () =>
      buildModule({
        types: [
          [[], []],
          [[], [I32]],
        ],
        functions: [{ type: 1, code: [0x41, 0] }, EMPTY, EMPTY],
        start: 0,
      }),
  ],
  ["a start function that is not there", "MALFORMED", () => buildModule({ functions: [EMPTY, EMPTY], start: 9 })],
  [
    "an export twice",
    "DUPLICATE_EXPORT",
    () =>
      buildModule({
        functions: [EMPTY, EMPTY],
        exports: [
          ["call", 0, 0],
          ["construct", 0, 0],
          ["call", 0, 1],
        ],
      }),
  ],
  [
    "an export of the runtime's own name",
    "RESERVED_NAME",
    () =>
      buildModule({
        functions: [EMPTY, EMPTY],
        exports: [
          ["construct", 0, 0],
          ["call", 0, 0],
          ["__enigma_gas", 0, 1],
        ],
      }),
  ],
  [
    "an export of nothing",
    "MALFORMED",
    () =>
      buildModule({
        functions: [EMPTY, EMPTY],
        exports: [
          ["construct", 0, 0],
          ["call", 0, 7],
        ],
      }),
  ],
  ["no call", "MISSING_EXPORT", () => buildModule({ functions: [EMPTY], exports: [["construct", 0, 0]] })],
  [
    "a call that takes a number",
    "WRONG_EXPORT_TYPE",
    () =>
      buildModule({
        types: [
          [[], []],
          [[I32], []],
        ],
        functions: [EMPTY, { type: 1, code: [] }],
      }),
  ],
  [
    "1,001 exports",
    "TOO_MANY",
    () =>
      buildModule({
        functions: [EMPTY, EMPTY],
        exports: Array.from({ length: 1_001 }, (_, i) => [`e${i}`, 0, 0] as const),
      }),
  ],
  [
    "a custom section of 900 KB",
    "success",
    () => calling([], { raw: [[0, [...named("x"), ...times(900_000, [0xff])]]] }),
  ],
  [
    "10,000 custom sections",
    "success",
    () => calling([], { raw: Array.from({ length: 10_000 }, () => [0, named("dust")] as const) }),
  ],
  [
    "a name section of lies",
    "success",
    () => calling([], { raw: [[0, [...named("name"), 1, ...u32(4_000_000_000), 0xff]]] }),
  ],
  [
    "a name section of 300,000 names",
    "success",
    () =>
      calling([], {
        raw: [[0, [...named("name"), 1, ...u32(900_003), ...u32(300_000), ...times(300_000, [0, 1, 0x41])]]],
      }),
  ],
  ["a custom section without a name", "MALFORMED", () => calling([], { raw: [[0, []]] })],
  [
    "a section of 4 GB",
    "MALFORMED",
    () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 1),
  ],
  [
    "4,294,967,295 types",
    "TOO_MANY",
    () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f),
  ],
  ["two type sections", "MALFORMED", () => calling([], { raw: [[1, [0]]] })],
  ["bytes after a section's end", "MALFORMED", () => calling([], { raw: [[11, [0, 0]]] })],
  [
    "code without functions",
    "MALFORMED",
    () =>
      buildModule({
        functions: [EMPTY, EMPTY],
        raw: [
          [9, []],
          [11, [0]],
        ],
      }),
  ],
  [
    "more code than MAX_CODE_BYTES",
    "CODE_TOO_LARGE",
    () => calling([], { raw: [[0, [1, 0x78, ...times(1_048_576, [0])]]] }),
  ],
  ["an unknown import", "UNKNOWN_IMPORT", () => calling([], { imports: [["env", "open_socket", 0]] })],
  ["an import of another module", "UNKNOWN_IMPORT", () => calling([], { imports: [["js", "eval", 0]] })],
  ["an import by a name of Object", "UNKNOWN_IMPORT", () => calling([], { imports: [["env", "__proto__", 0]] })],
  [
    "an import of WASI by a name of Object",
    "UNKNOWN_IMPORT",
    () => calling([], { imports: [["wasi_snapshot_preview1", "constructor", 0]] }),
  ],
  ["an import with another type", "WRONG_IMPORT_TYPE", () => calling([], { imports: [["env", "block_number", 0]] })],
  [
    "129 imports",
    "TOO_MANY",
    () =>
      calling([], {
        types: [
          [[], []],
          [[], [I64]],
        ],
        imports: Array.from({ length: 129 }, () => ["env", "block_number", 1] as const),
      }),
  ],
  [
    "debug output",
    "DEBUG_IMPORT",
    () =>
      calling([], {
        types: [
          [[], []],
          [[I32, I32], []],
        ],
        imports: [["env", "debug_print", 1]],
      }),
  ],
  ["operands from nowhere", "INVALID_MODULE", () => calling([0x1a])],
  ["a number of another type", "INVALID_MODULE", () => calling([0x42, 0, 0x45, 0x1a])],
  ["a local that is not there", "MALFORMED", () => calling([0x20, 0, 0x1a])],
  ["the runtime's own global", "MALFORMED", () => calling([0x42, 0, 0x24, 0])],
  ["a function of the runtime", "MALFORMED", () => calling([...i32(0), 0x40, 0, 0x10, 2, 0x1a], MEMORY)],
  ["a label outside the function", "MALFORMED", () => calling([0x0c, 1])],
  ["bytes after the function's end", "MALFORMED", () => calling([0x0b, 0x01])],
  ["a function that does not end", "MALFORMED", () => buildModule({ functions: [EMPTY, { code: [0x02, 0x40] }] })],
  ["a number of six bytes", "MALFORMED", () => calling([0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x1a])],
  ["an alignment above the access", "INVALID_MODULE", () => calling([...i32(0), 0x28, 3, 0, 0x1a], MEMORY)],
  [
    "calls of nothing in a line",
    "out-of-gas",
    () => calling(loop(...times(NOP_LINE / 2, [0x10, 0])), { functions: [EMPTY] }),
  ],
]

/** One use of every proposal that contracts may not use. */
const FORBIDDEN: readonly (readonly [string, string, () => Uint8Array])[] = [
  [
    "an f32 parameter",
    "FORBIDDEN_TYPE",
    () =>
      calling([], {
        types: [
          [[], []],
          [[0x7d], []],
        ],
      }),
  ],
  ["an f64 local", "FORBIDDEN_TYPE", () => calling([], { locals: [[1, 0x7c]] })],
  [
    "an f64 global",
    "FORBIDDEN_TYPE",
    () => calling([], { raw: [[6, [1, 0x7c, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0b]]] }),
  ],
  ["an f32 block", "FORBIDDEN_TYPE", () => calling([0x02, 0x7d, 0x00, 0x0b, 0x1a])],
  ["a float constant", "FORBIDDEN_OPCODE", () => calling([0x43, 0, 0, 0, 0, 0x1a])],
  ["a float load", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0x2a, 2, 0, 0x1a], MEMORY)],
  ["a float conversion", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0xb2, 0x1a])],
  ["a float in dead code", "FORBIDDEN_OPCODE", () => calling([0x00, 0x92, 0x1a])],
  ["a saturating conversion", "FORBIDDEN_OPCODE", () => calling([0x00, 0xfc, 0, 0x1a])],
  ["SIMD", "FORBIDDEN_OPCODE", () => calling([0xfd, 0x0c, ...times(16, [0]), 0x1a])],
  ["a v128 local", "FORBIDDEN_TYPE", () => calling([], { locals: [[1, 0x7b]] })],
  ["relaxed SIMD", "FORBIDDEN_OPCODE", () => calling([0x00, 0xfd, 0x80, 0x02, 0x1a])],
  ["atomics", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0xfe, 0x10, 2, 0, 0x1a], MEMORY)],
  ["an atomic fence", "FORBIDDEN_OPCODE", () => calling([0xfe, 0x03, 0])],
  ["shared memory", "FORBIDDEN_SECTION", () => calling([], { memory: [3, 1, 2] })],
  ["memory of 64 bits", "FORBIDDEN_SECTION", () => calling([], { memory: [4, 1] })],
  ["a table of 64 bits", "FORBIDDEN_SECTION", () => calling([], { table: [0x70, 4, 1] })],
  ["pages of another size", "FORBIDDEN_SECTION", () => calling([], { memory: [8, 1, 0] })],
  ["two memories", "TOO_MANY", () => calling([], { raw: [[5, [2, 0, 1, 0, 1]]] })],
  ["a load from a second memory", "MALFORMED", () => calling([...i32(0), 0x28, 0x42, 1, 0, 0x1a], MEMORY)],
  ["two tables", "TOO_MANY", () => calling([], { raw: [[4, [2, 0x70, 0, 1, 0x70, 0, 1]]] })],
  ["a table of externref", "FORBIDDEN_TYPE", () => calling([], { table: [0x6f, 0, 1] })],
  ["an externref local", "FORBIDDEN_TYPE", () => calling([], { locals: [[1, 0x6f]] })],
  ["ref.null", "FORBIDDEN_OPCODE", () => calling([0xd0, 0x70, 0x1a])],
  ["ref.func", "FORBIDDEN_OPCODE", () => calling([0xd2, 0, 0x1a])],
  ["table.get", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0x25, 0, 0x1a], TABLE)],
  ["table.set", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0x00, 0x26, 0], TABLE)],
  ["table.grow", "FORBIDDEN_OPCODE", () => calling([0x00, 0xfc, 0x0f, 0, 0x1a], TABLE)],
  ["table.size", "FORBIDDEN_OPCODE", () => calling([0xfc, 0x10, 0, 0x1a], TABLE)],
  ["table.fill", "FORBIDDEN_OPCODE", () => calling([0x00, 0xfc, 0x11, 0], TABLE)],
  [
    "elements as expressions",
    "FORBIDDEN_SECTION",
    () => calling([], { ...TABLE, raw: [[9, [1, 4, 0x41, 0, 0x0b, 0]]] }),
  ],
  ["declared elements", "FORBIDDEN_SECTION", () => calling([], { ...TABLE, raw: [[9, [1, 3, 0, 0]]] })],
  ["try", "FORBIDDEN_OPCODE", () => calling([0x06, 0x40, 0x0b])],
  ["throw", "FORBIDDEN_OPCODE", () => calling([0x08, 0])],
  ["try_table", "FORBIDDEN_OPCODE", () => calling([0x1f, 0x40, 0, 0x0b])],
  ["an exception tag", "FORBIDDEN_SECTION", () => calling([], { raw: [[13, [1, 0, 0]]] })],
  ["a tail call", "FORBIDDEN_OPCODE", () => calling([0x12, 0])],
  ["an indirect tail call", "FORBIDDEN_OPCODE", () => calling([...i32(0), 0x13, 0, 0], TABLE)],
  ["call_ref", "FORBIDDEN_OPCODE", () => calling([0x00, 0x14, 0])],
  ["return_call_ref", "FORBIDDEN_OPCODE", () => calling([0x00, 0x15, 0])],
  ["br_on_null", "FORBIDDEN_OPCODE", () => calling([0x00, 0xd5, 0])],
  ["a struct type", "FORBIDDEN_TYPE", () => calling([], { raw: [[1, [1, 0x5f, 0]]], types: [] })],
  ["a recursive group of types", "FORBIDDEN_TYPE", () => calling([], { raw: [[1, [1, 0x4e, 0]]], types: [] })],
  ["a garbage-collected object", "FORBIDDEN_OPCODE", () => calling([0xfb, 0x01, 0, 0x1a])],
  [
    "two results",
    "FORBIDDEN_TYPE",
    () =>
      calling([], {
        types: [
          [[], []],
          [[], [I32, I32]],
        ],
      }),
  ],
  ["a block with a type index", "FORBIDDEN_TYPE", () => calling([0x02, 0x00, 0x0b])],
  ["a select of several types", "MALFORMED", () => calling([0x00, 0x1c, 2, I32, I32, 0x1a])],
  ["wide arithmetic", "FORBIDDEN_OPCODE", () => calling([0x00, 0xfc, 0x13, 0x1a, 0x1a])],
  ["an unknown opcode", "FORBIDDEN_OPCODE", () => calling([0xff])],
  ["an unknown opcode after 0xfc", "FORBIDDEN_OPCODE", () => calling([0xfc, 0xff, 0x7f])],
  [
    "an imported memory",
    "FORBIDDEN_SECTION",
    () => calling([], { raw: [[2, [1, ...named("env"), ...named("memory"), 2, 0, 1]]] }),
  ],
  [
    "an imported table",
    "FORBIDDEN_SECTION",
    () => calling([], { raw: [[2, [1, ...named("env"), ...named("table"), 1, 0x70, 0, 1]]] }),
  ],
  [
    "an imported mutable global",
    "FORBIDDEN_SECTION",
    () => calling([], { raw: [[2, [1, ...named("env"), ...named("g"), 3, I32, 1]]] }),
  ],
  ["an extended constant", "MALFORMED", () => calling([], { raw: [[6, [1, I32, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b]]] })],
  [
    "a global that starts as another",
    "MALFORMED",
    () => calling([], { raw: [[6, [2, I32, 0, 0x41, 1, 0x0b, I32, 0, 0x23, 0, 0x0b]]] }),
  ],
  ["a component", "NOT_WASM", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
  ["nothing", "NOT_WASM", () => new Uint8Array(0)],
  ["an unknown section", "FORBIDDEN_SECTION", () => calling([], { raw: [[14, [0]]] })],
]

export const WORST_CASES: readonly WorstCase[] = [...SHAPES, ...FORBIDDEN].map(([name, ends, make]) => ({
  name,
  ends,
  make,
}))
