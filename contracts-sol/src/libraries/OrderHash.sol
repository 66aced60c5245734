// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";

/// @title EIP-712 struct hash of a relayed order (PROTOCOL §2.6)
library OrderHash {
    bytes32 internal constant TYPE_HASH = keccak256(
        "Order(address secretContract,bytes32 inputsHash,uint64 gasLimit,uint64 gasPriceGrains,uint64 callbackGas,uint64 callbackPriceGrains,uint32 keyEpoch,uint256 nonce,uint64 expiryBlock,uint64 relayerFeeGrains)"
    );

    /// @dev The struct is ten static words in the order of its type: hashed as it is encoded.
    function structHash(ITasks.Order calldata order) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPE_HASH, order));
    }
}
