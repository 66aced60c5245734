// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {VectorHarness} from "../src/testing/VectorHarness.sol";
import {Test} from "./support/Test.sol";

/// 100,000 draws at three shapes of stake, against the shared vectors; that they follow the stakes is computed in
/// packages/verify/test/draw-fairness.test.ts.
contract DrawTest is Test {
    string private constant VECTORS = "packages/testing/vectors/draw-fairness.json";

    function test_HundredThousandDrawsAreThoseOfTheVectors() public {
        string memory json = vm.readFile(VECTORS);
        uint256 draws = vm.parseJsonUint(json, ".draws");
        assertEq(draws, 100_000, "draws");
        _compare(json, ".shapes[0]", draws);
        _compare(json, ".shapes[1]", draws);
        _compare(json, ".shapes[2]", draws);
    }

    function _compare(string memory json, string memory shape, uint256 draws) private {
        uint256[] memory weights = vm.parseJsonUintArray(json, string.concat(shape, ".weights"));
        uint256[] memory expected = vm.parseJsonUintArray(json, string.concat(shape, ".wins"));
        VectorHarness harness = new VectorHarness();
        harness.addWorkers(weights.length, 0);
        for (uint256 i = 0; i < weights.length; ++i) harness.setWeight(i + 1, 0, weights[i]);
        uint256[] memory wins = harness.drawMany(vm.parseJsonBytes32(json, ".seed"), 0, draws, 1);
        uint256 sum;
        for (uint256 i = 0; i < weights.length; ++i) {
            assertEq(wins[i], expected[i], "wins");
            sum += wins[i];
        }
        assertEq(sum, draws, "all draws");
    }
}
