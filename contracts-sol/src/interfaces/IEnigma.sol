// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "./IBatches.sol";
import {ICredit} from "./ICredit.sol";
import {IEpochs} from "./IEpochs.sol";
import {IFaults} from "./IFaults.sol";
import {IGovernance} from "./IGovernance.sol";
import {IPayments} from "./IPayments.sol";
import {IReceipts} from "./IReceipts.sol";
import {ISettlement} from "./ISettlement.sol";
import {ITasks} from "./ITasks.sol";
import {IViews} from "./IViews.sol";
import {IWorkers} from "./IWorkers.sol";

/// @title Enigma on chain, whole
interface IEnigma is
    ICredit,
    ITasks,
    IBatches,
    IReceipts,
    IEpochs,
    IWorkers,
    IFaults,
    IPayments,
    ISettlement,
    IGovernance,
    IViews
{}
