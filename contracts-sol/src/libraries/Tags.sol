// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Domain tags: the first word of everything hashed or signed for one purpose (PROTOCOL §1.3)
library Tags {
    bytes32 internal constant QUEUE = keccak256("enigma/1/queue");
    bytes32 internal constant LEAF = keccak256("enigma/1/leaf");
    bytes32 internal constant SALT = keccak256("enigma/1/salt");
    bytes32 internal constant RECEIPT = keccak256("enigma/1/receipt");
    bytes32 internal constant CALLBACK_FAILED = keccak256("enigma/1/callback-failed");
    bytes32 internal constant BEACON = keccak256("enigma/1/beacon");
    bytes32 internal constant DRAW = keccak256("enigma/1/draw");
    bytes32 internal constant REPORT = keccak256("enigma/1/report");
    bytes32 internal constant QUOTE = keccak256("enigma/1/quote");
    bytes32 internal constant KEY_STATEMENT = keccak256("enigma/1/key-statement");
}
