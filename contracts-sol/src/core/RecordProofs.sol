// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../interfaces/IBatches.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {Ring} from "../libraries/Ring.sol";
import {TaskTerms} from "../libraries/TaskTerms.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title Leaves and links recomputed from records
abstract contract RecordProofs is EnigmaBase {
    using TaskTerms for uint256;
    using Ring for bytes32[32];

    /// @notice See ISettlement.
    function verifyRecord(
        address secretContract,
        bytes32 previousLink,
        ISettlement.Record calldata record,
        uint64 cumLockedGrains,
        ISettlement.RecordPayment calldata payment,
        IBatches.LaterRecord[] calldata later
    ) external view returns (bytes32 taskId, bool resolved) {
        uint256 index = record.terms.index();
        bytes32 leaf = QueueHash.leafOf(record, payment.token, payment.amount);
        taskId = QueueHash.four(previousLink, leaf, index, cumLockedGrains);
        EnigmaStorage.Queue storage queue = _layout().queues[secretContract];
        _requireLeadsToStored(queue, taskId, index, later);
        resolved = index < queue.counters.committed();
    }

    /// Follows records to one whose link the ring holds. A link commits to its index, so a stale ring entry never
    /// equals it; and no link is zero.
    function _requireLeadsToStored(
        EnigmaStorage.Queue storage queue,
        bytes32 link,
        uint256 index,
        IBatches.LaterRecord[] calldata later
    ) internal view {
        for (uint256 i = 0; i < later.length; ++i) {
            link = QueueHash.four(link, later[i].leaf, ++index, later[i].cumLockedGrains);
        }
        if (queue.links.get(index) != link) revert IBatches.LinkMismatch(index, link);
    }
}
