// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SumTree} from "../src/libraries/SumTree.sol";
import {Test} from "./support/Test.sol";

/// The tree against arrays: `inForce` is a copy of `pending` made at every new epoch.
contract SumTreeTest is Test {
    using SumTree for mapping(uint256 => SumTree.Node);

    mapping(uint256 => SumTree.Node) private _tree;
    uint256 private _leaves;
    uint256 private _depth;
    uint256[] private _pending;
    uint256[] private _inForce;
    uint32 private _epoch;

    function _add() private returns (uint256 leaf) {
        leaf = _leaves++;
        _depth = _tree.grow(_depth, leaf, _epoch);
    }

    function _addWith(uint256 weight) private {
        uint256 leaf = _add();
        _tree.set(_depth, leaf, _epoch, weight);
    }

    function _openEpoch(uint32 skip) private {
        _epoch += 1 + skip;
        _inForce = _pending;
    }

    function _naiveTotal() private view returns (uint256 sum) {
        for (uint256 i = 0; i < _inForce.length; ++i) sum += _inForce[i];
    }

    function _naiveDraw(uint256 random, uint256[] memory weights) private pure returns (uint32) {
        uint256 sum;
        for (uint256 i = 0; i < weights.length; ++i) sum += weights[i];
        uint256 point = random % sum;
        for (uint32 i = 0; i < weights.length; ++i) {
            if (point < weights[i]) return i;
            point -= weights[i];
        }
        revert("unreachable");
    }

    function _compare(uint256 random) private view {
        for (uint32 i = 0; i < _pending.length; ++i) {
            assertEq(_tree.pendingWeightOf(i), _pending[i], "pending");
            assertEq(_tree.weightOf(i, _epoch), i < _inForce.length ? _inForce[i] : 0, "in force");
        }
        uint256 sum = _naiveTotal();
        assertEq(_tree.total(_depth, _epoch), sum, "total");
        if (sum != 0) {
            assertEq(_tree.draw(_depth, _epoch, random), _naiveDraw(random, _inForce), "draw");
            _compareGroup(random);
        }
    }

    function _compareGroup(uint256 random) private view {
        uint256[] memory weights = _inForce;
        uint256 positive;
        for (uint256 i = 0; i < weights.length; ++i) if (weights[i] != 0) ++positive;
        uint256 size = positive < SumTree.MAX_GROUP ? positive : SumTree.MAX_GROUP;
        uint256[] memory randoms = new uint256[](size);
        for (uint256 k = 0; k < size; ++k) randoms[k] = uint256(keccak256(abi.encode(random, k)));
        uint32[] memory group = _tree.drawDistinct(_depth, _epoch, randoms);
        for (uint256 k = 0; k < size; ++k) {
            uint32 expected = _naiveDraw(randoms[k], weights);
            assertEq(group[k], expected, "group");
            weights[expected] = 0;
        }
    }

    /// Any sequence of additions, changes and epochs (skipped ones too) reads as the model does.
    function testFuzz_FollowsTheModel(uint256[24] calldata steps) public {
        for (uint256 s = 0; s < steps.length; ++s) {
            uint256 step = steps[s];
            uint256 kind = step % 8;
            step >>= 8;
            if (kind < 2) {
                for (uint256 n = step % 30; n > 0; --n) {
                    assertEq(_add(), _pending.length, "leaf");
                    _pending.push(0);
                }
            } else if (kind < 7 && _pending.length != 0) {
                uint32 leaf = uint32(step % _pending.length);
                uint256 weight = (step >> 32) % 15_000_000;
                _tree.set(_depth, leaf, _epoch, weight);
                _pending[leaf] = weight;
            } else {
                _openEpoch(uint32(step % 3));
            }
        }
        _compare(uint256(keccak256(abi.encode(steps))));
    }

    /// Changes within an epoch, growth included, never move its draw.
    function testFuzz_ADrawNeverMovesWithinItsEpoch(uint256 random, uint256[16] calldata changes) public {
        for (uint256 i = 0; i < 7; ++i) {
            _addWith(10 + i);
        }
        _epoch = 1;
        uint32 drawn = _tree.draw(_depth, _epoch, random);
        uint256 sum = _tree.total(_depth, _epoch);
        for (uint256 i = 0; i < changes.length; ++i) {
            _add();
            _tree.set(_depth, uint32(changes[i] % _leaves), _epoch, (changes[i] >> 32) % 1e6);
            assertEq(_tree.draw(_depth, _epoch, random), drawn, "draw moved");
            assertEq(_tree.total(_depth, _epoch), sum, "total moved");
        }
    }

    /// Each leaf owns exactly as many points as its weight: no off-by-one, zero weights never win.
    function test_EveryPointFallsIntoItsInterval() public {
        uint256[9] memory weights = [uint256(1), 1, 0, 1, 1, 10, 1, 0, 3];
        for (uint256 i = 0; i < weights.length; ++i) _addWith(weights[i]);
        uint256[9] memory wins;
        for (uint256 point = 0; point < 18; ++point) ++wins[_tree.draw(_depth, 1, point)];
        for (uint256 i = 0; i < weights.length; ++i) assertEq(wins[i], weights[i], "wins");
    }

    function test_GrowsWithoutMovingLeaves() public {
        for (uint256 i = 0; i < 344; ++i) _addWith(i + 1);
        assertEq(_depth, 4, "levels"); // 7^3 = 343
        for (uint32 i = 0; i < 344; ++i) assertEq(_tree.weightOf(i, 1), i + 1, "weight");
        assertEq(_tree.total(_depth, 1), 344 * 345 / 2, "total");
    }

    function test_RefusesToDrawFromNothing() public {
        vm.expectRevert(abi.encodeWithSelector(SumTree.EmptyDraw.selector, 0));
        this.draw(0, 1);
        vm.expectRevert(abi.encodeWithSelector(SumTree.EmptyDraw.selector, 1));
        this.drawDistinct(1, new uint256[](1));
        _add();
        vm.expectRevert(abi.encodeWithSelector(SumTree.EmptyDraw.selector, 1));
        this.draw(1, 1);
    }

    function test_RefusesAGroupLargerThanTheWeights() public {
        _addWith(5);
        _addWith(5);
        uint256[] memory randoms = new uint256[](3);
        vm.expectRevert(abi.encodeWithSelector(SumTree.EmptyDraw.selector, 1));
        this.drawDistinct(1, randoms);
        vm.expectRevert(abi.encodeWithSelector(SumTree.GroupSizeOutOfRange.selector, 0));
        this.drawDistinct(1, new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(SumTree.GroupSizeOutOfRange.selector, 9));
        this.drawDistinct(1, new uint256[](9));
    }

    function test_RefusesHugeWeights() public {
        _add();
        vm.expectRevert(abi.encodeWithSelector(SumTree.WeightTooLarge.selector, 0, 1 << 32));
        this.set(0, 1 << 32);
    }

    function draw(uint32 epoch, uint256 random) external view returns (uint32) {
        return _tree.draw(_depth, epoch, random);
    }

    function drawDistinct(uint32 epoch, uint256[] calldata randoms) external view returns (uint32[] memory) {
        return _tree.drawDistinct(_depth, epoch, randoms);
    }

    function set(uint32 leaf, uint256 weight) external {
        _tree.set(_depth, leaf, 0, weight);
    }
}
