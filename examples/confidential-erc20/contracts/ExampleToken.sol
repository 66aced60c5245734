// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token to deposit into the secret contract `ConfidentialErc20`
/// @notice Everything goes to the deployer. The secret contract needs no Solidity of its own: tokens that come with a
/// task are kept by Enigma for the contract's account, and leave by its callback to Enigma's `withdrawPayment`.
contract ExampleToken is ERC20 {
    constructor(uint256 supply) ERC20("Example", "EXM") {
        _mint(msg.sender, supply);
    }
}
