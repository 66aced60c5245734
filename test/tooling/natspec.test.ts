import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { missingNatspec } from "../../scripts/natspec/missing.ts"

const inInterface = (body: string) => missingNatspec({ "I.sol": `pragma solidity 0.8.37;\ninterface I {\n${body}\n}` })

describe("words of Solidity interfaces", () => {
  it("are complete where everything is said", () => {
    const told = `
      /// @notice Pays. @param to who receives @param amount grains
      /// @return left grains
      function pay(address to, uint256 amount) external returns (uint256 left);
      /// @notice Thrown for two. @param a, b both
      error Two(uint256 a, uint256 b);
      /// @notice Nothing to say more.
      event Done();`
    assert.deepEqual(inInterface(told), [])
  })

  it("are missed one by one", () => {
    assert.deepEqual(inInterface("event Done(uint256 x);"), ["I.sol:3 Done: no @notice", "I.sol:3 Done: no @param x"])
    assert.deepEqual(inInterface("/// @notice Has. @param b\nstruct S { uint256 a; uint256 b; }"), [
      "I.sol:4 S: no @param a",
    ])
    assert.deepEqual(inInterface("/// @notice\nfunction f() external view returns (uint256, uint256);"), [
      "I.sol:4 f: no @notice",
      "I.sol:4 f: 0 @return for 2 values",
    ])
    assert.deepEqual(inInterface("/// @param a1 one\nerror E(uint256 a);"), [
      "I.sol:4 E: no @notice",
      "I.sol:4 E: no @param a",
    ])
  })

  it("are not looked for in what does not parse", () => {
    assert.throws(() => inInterface("function f("), /ParserError/)
  })
})
