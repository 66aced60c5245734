// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "../../src/libraries/SumTree.sol";
import {Test} from "../support/Test.sol";

/// Flaw 8 of the original: an off-by-one gave the first worker one grain too much and the last one too little.
contract LotteryTest is Test {
    using SumTree for mapping(uint256 => SumTree.Node);

    mapping(uint256 => SumTree.Node) private _tree;
    uint256 private _depth;

    /// Each point of the total is drawn exactly once: worker i has as many as its weight.
    function _enumerate(uint256[] memory weights) private {
        uint256 total;
        for (uint256 i = 0; i < weights.length; ++i) {
            _depth = _tree.grow(_depth, i, 0);
            _tree.set(_depth, i, 0, weights[i]);
            total += weights[i];
        }
        uint256[] memory wins = new uint256[](weights.length);
        for (uint256 random = 0; random < total; ++random) ++wins[_tree.draw(_depth, 1, random)];
        for (uint256 i = 0; i < weights.length; ++i) assertEq(wins[i], weights[i], "wins");
    }

    function test_Flaw8_EqualStakes() public {
        uint256[] memory weights = new uint256[](4);
        (weights[0], weights[1], weights[2], weights[3]) = (1, 1, 1, 1);
        _enumerate(weights);
    }

    function test_Flaw8_OneLargeOneSmall() public {
        uint256[] memory weights = new uint256[](2);
        (weights[0], weights[1]) = (10, 1);
        _enumerate(weights);
    }

    function test_Flaw8_AFirstWorkerWithoutStakeNeverWins() public {
        uint256[] memory weights = new uint256[](3);
        (weights[0], weights[1], weights[2]) = (0, 5, 0);
        _enumerate(weights);
    }

    function test_Flaw8_OverThreeLevels() public {
        uint256[] memory weights = new uint256[](60);
        for (uint256 i = 0; i < weights.length; ++i) weights[i] = i % 7;
        _enumerate(weights);
    }
}
