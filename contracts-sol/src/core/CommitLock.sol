// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IBatches} from "../interfaces/IBatches.sol";

/// @title The lock held while callbacks run: they may record tasks, and neither commit nor settle
abstract contract CommitLock {
    using TransientSlot for *;

    bytes32 private constant LOCK = keccak256("enigma.lock.commit");

    modifier whenNotCommitting() {
        _requireNotCommitting();
        _;
    }

    function _requireNotCommitting() internal view {
        if (LOCK.asBoolean().tload()) revert IBatches.CommitLocked();
    }

    function _setCommitting(bool committing) internal {
        LOCK.asBoolean().tstore(committing);
    }
}
