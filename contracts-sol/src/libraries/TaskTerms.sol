// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITasks} from "../interfaces/ITasks.sol";

/// @title The terms word of a record (PROTOCOL §2.5)
library TaskTerms {
    uint8 internal constant INLINE_INPUTS = 1;
    uint8 internal constant DEPLOYMENT = 2;
    uint8 internal constant RELAYED = 4;

    /// @notice Largest lock of one record, grains.
    uint256 internal constant MAX_LOCK = type(uint40).max;
    /// @notice Most callback gas of one record: with the commit around it, below what one transaction may use (EIP-7825).
    uint256 internal constant MAX_CALLBACK_GAS = 10_000_000;
    uint256 private constant CALLDATA_BITS = 160;

    /// @notice Packs terms as they stand in calldata. @dev For contracts that record tasks themselves.
    function pack(uint48 limit, uint40 price, uint32 limitOfCallback, uint40 priceOfCallback)
        internal
        pure
        returns (uint256)
    {
        return uint256(limit) | uint256(price) << 48 | uint256(limitOfCallback) << 88
            | uint256(priceOfCallback) << 120;
    }

    function callbackGas(uint256 terms) internal pure returns (uint256) {
        return uint32(terms >> 88);
    }

    function flags(uint256 terms) internal pure returns (uint256) {
        return uint8(terms >> 160);
    }

    function locked(uint256 terms) internal pure returns (uint256) {
        return uint40(terms >> 168);
    }

    function index(uint256 terms) internal pure returns (uint256) {
        return uint32(terms >> 208);
    }

    /// @notice Refuses terms with bits beyond their fields, or below the floors; gives what the record locks, grains.
    function lockOf(uint256 terms, uint256 baseFee, uint256 minGasLimit, uint256 minGasPrice, uint256 minCallbackPrice)
        internal
        pure
        returns (uint256 grains)
    {
        uint256 limit = uint48(terms);
        uint256 price = uint40(terms >> 48);
        if (limit < minGasLimit || price < minGasPrice) {
            revert ITasks.TermsTooLow(terms, minGasLimit, minGasPrice, minCallbackPrice);
        }
        unchecked {
            // 48 + 40 bits, 32 + 40 bits and 32 bits: far below 256.
            grains = baseFee + limit * price;
            if (terms >> 88 != 0) {
                if (terms >> CALLDATA_BITS != 0) revert ITasks.TermsMalformed(terms);
                if (terms >> 120 < minCallbackPrice) {
                    revert ITasks.TermsTooLow(terms, minGasLimit, minGasPrice, minCallbackPrice);
                }
                if (uint32(terms >> 88) > MAX_CALLBACK_GAS) {
                    revert ITasks.CallbackGasTooHigh(uint32(terms >> 88), MAX_CALLBACK_GAS);
                }
                grains += uint32(terms >> 88) * (terms >> 120);
            }
        }
        if (grains > MAX_LOCK) revert ITasks.LockTooLarge(grains);
    }

    /// @notice The word of the event: flags, locked grains and index added.
    function withOutcome(uint256 terms, uint256 flags_, uint256 grains, uint256 place) internal pure returns (uint256) {
        return terms | flags_ << 160 | grains << 168 | place << 208;
    }
}
