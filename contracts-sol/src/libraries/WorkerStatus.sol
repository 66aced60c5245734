// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title States of a worker, as stored (IWorkers)
library WorkerStatus {
    uint8 internal constant NONE = 0;
    uint8 internal constant REGISTERED = 1;
    uint8 internal constant LOGGED_IN = 2;
    uint8 internal constant JAILED = 3;
    uint8 internal constant BANNED = 4;
}
