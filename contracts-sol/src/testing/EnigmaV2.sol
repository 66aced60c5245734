// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Enigma} from "../Enigma.sol";
import {IEnigmaPart} from "../core/EnigmaPart.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";

/// @notice A later implementation, with one function more. For tests of upgrades.
contract EnigmaV2 is Enigma {
    constructor(IGovernance.Parameters memory p, IEnigmaPart ledger, address pausedImplementation)
        Enigma(p, ledger, pausedImplementation)
    {}

    /// @notice Tells this implementation from the first.
    function version() external pure returns (uint256) {
        return 2;
    }
}
