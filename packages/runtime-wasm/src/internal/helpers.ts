import { PRICE } from "../prices.ts"
import { ByteWriter } from "./byte-writer.ts"
import { ENGINE_FAULT_GAS } from "./gas-word.ts"
import { EMPTY_BLOCK, I64 } from "./module-info.ts"
import { OP } from "./opcodes.ts"

/** Takes the i64 on the operand stack from the gas and traps when no gas is left. Uses local 1, an i64. */
function chargeOperand(out: ByteWriter, gasGlobal: number): void {
  out
    .u8(OP.localSet, 1, OP.globalGet)
    .u32(gasGlobal)
    .u8(OP.localGet, 1, OP.i64Sub, OP.localTee, 1, OP.globalSet)
    .u32(gasGlobal)
  out.u8(OP.localGet, 1, OP.i64Const, 0, OP.i64LtS, OP.if, EMPTY_BLOCK, OP.unreachable, OP.end)
}

/**
 * (pages) -> (pages before | -1). More pages than the maximum leaves room for is answered by -1 as ever, at no further
 * charge. The engine may also fail to find the memory; that would depend on the machine, so it ends as an engine fault.
 */
export function growHelper(gasGlobal: number, maximum: number): Uint8Array {
  const out = new ByteWriter(96).u8(1, 1, I64)
  out
    .u8(OP.localGet, 0, OP.i32Const)
    .s64(BigInt(maximum))
    .u8(OP.memorySize, 0, OP.i32Sub, OP.i32GtU, OP.if, EMPTY_BLOCK, OP.i32Const)
    .s64(-1n)
    .u8(OP.return, OP.end)
  out.u8(OP.localGet, 0, OP.i64ExtendI32U, OP.i64Const).s64(BigInt(PRICE.page)).u8(OP.i64Mul)
  chargeOperand(out, gasGlobal)
  out.u8(OP.localGet, 0, OP.memoryGrow, 0, OP.localTee, 0, OP.i32Const).s64(-1n).u8(OP.i32Eq, OP.if, EMPTY_BLOCK)
  out.u8(OP.i64Const).s64(ENGINE_FAULT_GAS).u8(OP.globalSet).u32(gasGlobal).u8(OP.unreachable, OP.end)
  return out.u8(OP.localGet, 0, OP.end).done()
}

/** (size) -> (size): charges for the bytes or table elements that the instruction behind the call is about to move. */
export function bulkHelper(gasGlobal: number, unit: "bytes" | "elements"): Uint8Array {
  const out = new ByteWriter(64).u8(1, 1, I64).u8(OP.localGet, 0)
  if (unit === "bytes") {
    out
      .u8(OP.i32Const)
      .s64(BigInt(Math.log2(PRICE.bulkBytesPerGas)))
      .u8(OP.i32ShrU, OP.i64ExtendI32U)
  } else out.u8(OP.i64ExtendI32U, OP.i64Const).s64(BigInt(PRICE.element)).u8(OP.i64Mul)
  chargeOperand(out, gasGlobal)
  return out.u8(OP.localGet, 0, OP.end).done()
}
