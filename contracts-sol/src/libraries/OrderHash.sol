// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";

/// @title EIP-712 struct hash of a relayed order (PROTOCOL §2.6)
library OrderHash {
    bytes32 internal constant TYPE_HASH = keccak256(
        "Order(address secretContract,bytes32 inputsHash,uint64 gasLimit,uint64 gasPriceGrains,uint64 callbackGas,uint64 callbackPriceGrains,uint32 keyEpoch,uint256 nonce,uint64 expiryBlock,uint64 relayerFeeGrains)"
    );

    /// @dev The struct is ten static words in the order of its type: hashed as it stands in calldata. Bits above the type
    /// of a field are refused where that field is read; `abi.encode` would check each once more.
    function structHash(ITasks.Order calldata order) internal pure returns (bytes32 hash) {
        bytes32 typeHash = TYPE_HASH;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            calldatacopy(add(words, 0x20), order, 0x140)
            hash := keccak256(words, 0x160)
        }
    }
}
