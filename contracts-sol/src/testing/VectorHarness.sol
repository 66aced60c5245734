// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IBatches} from "../interfaces/IBatches.sol";
import {IReceipts} from "../interfaces/IReceipts.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {ITasks} from "../interfaces/ITasks.sol";
import {BatchHash, SignedBatch} from "../libraries/BatchHash.sol";
import {Callbacks} from "../libraries/Callbacks.sol";
import {Extras} from "../libraries/Extras.sol";
import {OrderHash} from "../libraries/OrderHash.sol";
import {QueueHash} from "../libraries/QueueHash.sol";
import {ReceiptProof} from "../libraries/ReceiptProof.sol";
import {SumTree} from "../libraries/SumTree.sol";
import {Tags} from "../libraries/Tags.sol";

/// @notice Opens the internal hashes to the shared vectors; not part of a deployment.
contract VectorHarness {
    using SumTree for mapping(uint256 => SumTree.Node);

    mapping(uint256 => SumTree.Node) private _nodes;
    uint256 private _leaves;
    uint256 private _depth;

    function leaf(ISettlement.Record calldata record, address token, uint256 amount) external pure returns (bytes32) {
        return QueueHash.leafOf(record, token, amount);
    }

    function link(bytes32 previous, bytes32 leaf_, uint256 index, uint256 cum) external pure returns (bytes32) {
        return QueueHash.four(previous, leaf_, index, cum);
    }

    function genesis(uint256 chainId, address enigma, address secretContract) external pure returns (bytes32) {
        return keccak256(abi.encode(Tags.QUEUE, chainId, enigma, secretContract));
    }

    function receiptLeaf(address secretContract, IReceipts.Receipt calldata receipt) external pure returns (bytes32) {
        return ReceiptProof.leafOf(secretContract, receipt);
    }

    function merkleRoot(bytes32 leaf_, bytes32[] calldata proof) external pure returns (bytes32) {
        return MerkleProof.processProofCalldata(proof, leaf_);
    }

    function failedEntry(address secretContract, bytes32 root) external pure returns (bytes32) {
        return ReceiptProof.failedEntry(secretContract, root);
    }

    function batchDigest(bytes32 domain, IBatches.Batch calldata batch, bytes32 link_) external pure returns (bytes32) {
        SignedBatch signed = BatchHash.load(batch);
        if (batch.extras.length != 0) {
            signed.addExtras(Extras.payouts(batch.extras), Extras.missing(batch.extras));
            (, bytes32 callbacks) = Callbacks.load(Extras.callbacks(batch.extras));
            signed.setCallbacksHash(callbacks);
        }
        signed.setLink(link_);
        return MessageHashUtils.toTypedDataHash(domain, signed.structHash());
    }

    function orderDigest(bytes32 domain, ITasks.Order calldata order) external pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domain, OrderHash.structHash(order));
    }

    function drawHash(bytes32 seed, address secretContract, uint256 k) public pure returns (bytes32) {
        return QueueHash.four(Tags.DRAW, seed, uint160(secretContract), k);
    }

    function addWorkers(uint256 count, uint32 epoch) external {
        for (; count > 0; --count) {
            _depth = _nodes.grow(_depth, _leaves++, epoch);
        }
    }

    function setWeight(uint256 workerId, uint32 epoch, uint256 weight) external {
        _nodes.set(_depth, workerId - 1, epoch, weight);
    }

    function node(uint256 key) external view returns (uint256 current, uint256 pending) {
        return (_nodes[key].current, _nodes[key].pending);
    }

    function depth() external view returns (uint256) {
        return _depth;
    }

    function group(bytes32 seed, address secretContract, uint32 epoch, uint256 size)
        external
        view
        returns (uint32[] memory ids)
    {
        uint256[] memory randoms = new uint256[](size);
        for (uint256 k = 0; k < size; ++k) {
            randoms[k] = uint256(drawHash(seed, secretContract, k));
        }
        ids = _nodes.drawDistinct(_depth, epoch, randoms);
        require(ids[0] == _nodes.draw(_depth, epoch, randoms[0]), "the first of a group is the drawn one");
        for (uint256 k = 0; k < size; ++k) {
            ++ids[k];
        }
    }

    /// @return wins how often each worker is drawn, for `count` contracts from `first` on
    function drawMany(bytes32 seed, uint256 first, uint256 count, uint32 epoch)
        external
        view
        returns (uint256[] memory wins)
    {
        wins = new uint256[](_leaves);
        for (uint256 i = first; i < first + count; ++i) {
            ++wins[_nodes.draw(_depth, epoch, uint256(drawHash(seed, address(uint160(i)), 0)))];
        }
    }
}
