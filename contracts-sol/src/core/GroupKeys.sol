// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGovernance} from "../interfaces/IGovernance.sol";
import {EnigmaBase} from "./EnigmaBase.sol";

/// @title The key managers' beacon key, 256 bytes in eight immutables
abstract contract BeaconKey is EnigmaBase {
    bytes32 private immutable _b0;
    bytes32 private immutable _b1;
    bytes32 private immutable _b2;
    bytes32 private immutable _b3;
    bytes32 private immutable _b4;
    bytes32 private immutable _b5;
    bytes32 private immutable _b6;
    bytes32 private immutable _b7;

    constructor(IGovernance.Parameters memory p) {
        (_b0, _b1, _b2, _b3, _b4, _b5, _b6, _b7) = abi.decode(
            p.beaconKey, (bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32)
        );
    }

    function _beaconKey() internal view returns (bytes memory) {
        return bytes.concat(_b0, _b1, _b2, _b3, _b4, _b5, _b6, _b7);
    }
}

/// @title The key managers' contract key: never used on chain, kept where everyone can compare
abstract contract ContractKey is EnigmaBase {
    bytes32 private immutable _c0;
    bytes32 private immutable _c1;
    bytes32 private immutable _c2;
    bytes32 private immutable _c3;
    bytes32 private immutable _c4;
    bytes32 private immutable _c5;
    bytes32 private immutable _c6;
    bytes32 private immutable _c7;

    constructor(IGovernance.Parameters memory p) {
        (_c0, _c1, _c2, _c3, _c4, _c5, _c6, _c7) = abi.decode(
            p.contractKey, (bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32, bytes32)
        );
    }

    function _contractKey() internal view returns (bytes memory) {
        return bytes.concat(_c0, _c1, _c2, _c3, _c4, _c5, _c6, _c7);
    }
}
