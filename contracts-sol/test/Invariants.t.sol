// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EnigmaHandler} from "./support/EnigmaHandler.sol";
import {Test} from "./support/Test.sol";

/// What no order of actions can break.
contract InvariantsTest is Test {
    EnigmaHandler private _handler;

    function setUp() public {
        _handler = new EnigmaHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// credit + locked + ledger + stakes + earnings + treasury = the token balance.
    function invariant_Solvency() external view {
        _handler.checkSolvency();
    }

    /// committed <= submitted; heads move by valid batches; only an account moves its funds; each task ends once.
    function invariant_Queues() external view {
        _handler.checkQueues();
    }

    /// Weights of an epoch are the active stakes when its weights closed.
    function invariant_Weights() external view {
        _handler.checkWeights();
    }

    /// A long fixed walk reaches every action and every end, so that the invariants are not true of nothing.
    function test_TheWalkReachesEverything() external {
        // In every third hundred of steps no worker commits, so that records expire and silence is punished.
        for (uint256 i = 0; i < 900; ++i) _step(uint256(keccak256(abi.encode("walk", i))), (i / 100) % 3 == 2);
        _check();
        bytes32[18] memory actions = [
            bytes32("deposit"), "withdraw", "record", "recordGroup", "recordPayable", "commit", "commitFailing",
            "commitInvalid", "settle", "steal", "withdrawPayment", "stake", "unbond", "withdrawStake", "enterOrLeave",
            "claimEarnings", "equivocate", "openEpoch"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            assertTrue(_handler.done(actions[i]) > 0, string(abi.encodePacked(actions[i])));
        }
        assertTrue(_handler.done("markNoShow") > 0, "markNoShow");
        assertTrue(_handler.done("claimNoShow") > 0, "claimNoShow");
        assertTrue(_handler.done("accountWithdraws") > 0, "accountWithdraws");
    }

    function testFuzz_AnyWalk(uint256 seed) external {
        for (uint256 i = 0; i < 25; ++i) {
            _step(uint256(keccak256(abi.encode(seed, i))), false);
            if (i % 5 == 4) _check();
        }
    }

    function _check() private view {
        _handler.checkSolvency();
        _handler.checkQueues();
        _handler.checkWeights();
    }

    /// One action; the likely ones more often.
    function _step(uint256 seed, bool silent) private {
        uint256 a = seed >> 16;
        uint256 b = seed >> 80;
        uint256 kind = seed % 28;
        if (silent && kind >= 6 && kind < 9) kind = kind == 6 ? 21 : 27;
        if (kind < 4) _handler.record(a, b, seed >> 96, kind < 2);
        else if (kind == 4) _handler.recordGroup(a, b, seed >> 96, a);
        else if (kind == 5) _handler.recordPayable(a, b, seed >> 96);
        else if (kind < 9) _handler.commit(a, b, seed, kind);
        else if (kind == 9) _handler.commitInvalid(a, b, seed, seed >> 200);
        else if (kind == 10) _handler.settle(a, b);
        else if (kind == 11) _handler.deposit(a, b);
        else if (kind == 12) _handler.withdraw(a, b % 100);
        else if (kind == 13) _handler.steal(a, b);
        else if (kind == 14) _handler.withdrawPayment(a);
        else if (kind == 15) _handler.stake(a, b);
        else if (kind == 16) _handler.unbond(a, b % 1e10);
        else if (kind == 17) _handler.withdrawStake(a);
        else if (kind == 18) _handler.enterOrLeave(a);
        else if (kind == 19) _handler.claimEarnings(a, b % 2 == 0);
        else if (kind == 20) _handler.equivocate(a, b);
        else if (kind == 21) _handler.noShow(a, b % 2 == 0);
        else if (kind == 22) _handler.syncWeight(a);
        else if (kind == 23) _handler.fundTreasury(a);
        else if (kind < 26) _handler.openEpoch();
        else _handler.roll(a);
    }
}
