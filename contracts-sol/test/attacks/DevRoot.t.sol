// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DevAttestationVerifier} from "../../src/attestation/DevAttestationVerifier.sol";
import {Test} from "../support/Test.sol";

/// A test switch in production: simulated quotes are refused on Ethereum's main chain, however the verifier got there.
contract DevRootTest is Test {
    function test_IsNotDeployedOnTheMainChain() public {
        vm.chainId(1);
        vm.expectRevert(DevAttestationVerifier.DevRootOnMainChain.selector);
        new DevAttestationVerifier(address(this), address(2), 1, new bytes32[](0));
    }

    function test_AcceptsNoQuoteThere() public {
        DevAttestationVerifier verifier = new DevAttestationVerifier(address(this), address(2), 1, new bytes32[](0));
        vm.chainId(1);
        vm.expectRevert(DevAttestationVerifier.DevRootOnMainChain.selector);
        verifier.verify("", 0);
    }
}
