// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";
import {ICredit} from "../interfaces/ICredit.sol";
import {IEpochs} from "../interfaces/IEpochs.sol";
import {IGovernance} from "../interfaces/IGovernance.sol";
import {EnigmaStorage} from "../libraries/EnigmaStorage.sol";
import {AccountWord, EpochWord} from "../libraries/Words.sol";

/// @title What every part of Enigma shares: parameters, storage, and the clock of epochs
/// @dev Parameters are immutables of the implementation: read without a storage access, changed only by an upgrade.
abstract contract EnigmaBase {
    /// @dev EIP-712 domain: the same for every implementation behind the proxy, so computed, not stored.
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant DOMAIN_NAME = keccak256("Enigma");
    bytes32 private constant DOMAIN_VERSION = keccak256("1");

    /// @dev `blockhash` knows 256 blocks; the last one before the start must still be among them.
    uint256 private constant MAX_OPEN_WINDOW = 250;
    /// @dev Bounds of money parameters: far above any use, far below an overflow.
    uint256 private constant MAX_GRAINS = 1e14;
    /// @dev Far above any use, and no epoch number plus it overflows 32 bits.
    uint256 private constant MAX_JAIL_EPOCHS = 1_000_000;
    uint256 internal constant BPS = 10_000;

    IERC20 internal immutable _token;
    address internal immutable _governor;
    address internal immutable _guardian;
    IAttestationVerifier internal immutable _verifier;
    bytes32 internal immutable _trustHash;
    uint256 internal immutable _epochLengthBlocks;
    uint256 internal immutable _openWindowBlocks;
    uint256 internal immutable _commitWindowBlocks;
    uint256 internal immutable _expiryBlocks;
    uint256 internal immutable _baseFeeGrains;
    uint256 internal immutable _minGasLimit;
    uint256 internal immutable _minGasPriceGrains;
    uint256 internal immutable _minCallbackPriceGrains;
    uint256 internal immutable _minStakeGrains;
    uint256 internal immutable _unbondingBlocks;
    uint256 internal immutable _overdueBlocks;
    uint256 internal immutable _capacityGas;
    uint256 internal immutable _jailEpochs;
    uint256 internal immutable _noShowPenaltyGrains;
    uint256 internal immutable _equivocationSlashBps;
    uint256 internal immutable _proofRewardBps;
    uint256 internal immutable _openRewardGrains;
    uint256 internal immutable _settleRewardGrains;
    bool internal immutable _intakeOpen;

    constructor(IGovernance.Parameters memory p) {
        _token = IERC20(p.token);
        _governor = p.governor;
        _guardian = p.guardian;
        _verifier = IAttestationVerifier(p.verifier);
        _trustHash = p.trustHash;
        _require(p.token != address(0) && p.governor != address(0) && p.verifier != address(0), "address");
        _require(p.trustHash != 0, "trustHash");
        _require(p.beaconKey.length == 256 && p.contractKey.length == 256, "keys");

        _require(p.openWindowBlocks != 0 && p.openWindowBlocks <= MAX_OPEN_WINDOW, "openWindowBlocks");
        _require(p.epochLengthBlocks > p.openWindowBlocks, "epochLengthBlocks");
        _require(p.commitWindowBlocks != 0 && p.commitWindowBlocks < p.epochLengthBlocks, "commitWindowBlocks");
        _require(p.expiryBlocks >= 2 * uint256(p.epochLengthBlocks) + p.openWindowBlocks, "expiryBlocks");
        _epochLengthBlocks = p.epochLengthBlocks;
        _openWindowBlocks = p.openWindowBlocks;
        _commitWindowBlocks = p.commitWindowBlocks;
        _expiryBlocks = p.expiryBlocks;

        _require(p.minGasLimit != 0 && p.minGasPriceGrains != 0 && p.minCallbackPriceGrains != 0, "floors");
        _require(p.minGasLimit <= type(uint32).max && p.minGasPriceGrains < 256, "floors"); // else no record fits a lock
        _require(p.minCallbackPriceGrains <= type(uint16).max, "floors");
        _require(p.baseFeeGrains != 0 && p.baseFeeGrains <= type(uint32).max, "baseFeeGrains");
        _require(p.settleRewardGrains <= p.baseFeeGrains, "settleRewardGrains");
        _baseFeeGrains = p.baseFeeGrains;
        _minGasLimit = p.minGasLimit;
        _minGasPriceGrains = p.minGasPriceGrains;
        _minCallbackPriceGrains = p.minCallbackPriceGrains;
        _settleRewardGrains = p.settleRewardGrains;

        _require(p.minStakeGrains >= 1e8 && p.minStakeGrains <= MAX_GRAINS, "minStakeGrains");
        _require(p.unbondingBlocks >= p.expiryBlocks, "unbondingBlocks");
        _require(p.overdueBlocks != 0 && p.overdueBlocks < p.epochLengthBlocks, "overdueBlocks");
        _require(p.noShowPenaltyGrains <= p.minStakeGrains, "noShowPenaltyGrains");
        // A reward of all that is slashed would let a worker show its own fault and lose nothing.
        _require(p.equivocationSlashBps <= BPS && p.proofRewardBps <= BPS / 2, "bps");
        _require(p.jailEpochs <= MAX_JAIL_EPOCHS, "jailEpochs");
        _require(p.openRewardGrains <= MAX_GRAINS, "openRewardGrains");
        _minStakeGrains = p.minStakeGrains;
        _unbondingBlocks = p.unbondingBlocks;
        _overdueBlocks = p.overdueBlocks;
        _capacityGas = p.capacityGas;
        _jailEpochs = p.jailEpochs;
        _noShowPenaltyGrains = p.noShowPenaltyGrains;
        _equivocationSlashBps = p.equivocationSlashBps;
        _proofRewardBps = p.proofRewardBps;
        _openRewardGrains = p.openRewardGrains;
        _intakeOpen = p.intakeOpen;
    }

    function _require(bool ok, bytes32 name) private pure {
        if (!ok) revert IGovernance.ParameterOutOfRange(name);
    }

    modifier whenIntakeOpen() {
        if (!_intakeOpen) revert IGovernance.IntakePaused();
        _;
    }

    function _layout() internal pure returns (EnigmaStorage.Layout storage) {
        return EnigmaStorage.load();
    }

    /// What every account delegates to: the first contract the proxy created (`EnigmaLedger.initialize`), so CREATE with
    /// nonce 1 gave it this address. Computed, because the word of it in storage costs each deployment 2,100 gas.
    function _accountImplementation() internal view returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes2(0xd694), address(this), uint8(1))))));
    }

    /// What is signed for a typed struct (PROTOCOL §4.3): domain name "Enigma", version "1", this chain and proxy.
    /// In assembly, because every commit pays for it: `abi.encode` would allocate its memory.
    function _hashTypedData(bytes32 structHash) internal view returns (bytes32) {
        (bytes32 domainType, bytes32 name, bytes32 version) = (DOMAIN_TYPE, DOMAIN_NAME, DOMAIN_VERSION);
        bytes32 domain;
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, domainType)
            mstore(add(words, 0x20), name)
            mstore(add(words, 0x40), version)
            mstore(add(words, 0x60), chainid())
            mstore(add(words, 0x80), address())
            domain := keccak256(words, 0xa0)
        }
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    /// The latest scheduled start (PROTOCOL §5.1).
    function _scheduledStart() internal view returns (uint256) {
        return block.number - (block.number % _epochLengthBlocks);
    }

    /// Whether the latest scheduled start can still be opened: weights must not move then, for its seed may be known.
    function _isEpochDue(uint256 openedStart) internal view returns (bool due, uint256 start) {
        start = _scheduledStart();
        due = start > openedStart && block.number <= start + _openWindowBlocks;
    }

    function _requireWeightsOpen() internal view {
        (bool due, uint256 start) = _isEpochDue(_layout().epochWord.scheduledStartBlock());
        if (due) revert IEpochs.WeightsClosed(start, start + _openWindowBlocks);
    }

    function _addCredit(address to, uint256 grains) internal {
        EnigmaStorage.Account storage account = _layout().accounts[to];
        account.word = account.word.plus(grains);
    }

    function _takeCredit(address from, uint256 grains) internal {
        EnigmaStorage.Account storage account = _layout().accounts[from];
        AccountWord word = account.word;
        uint256 credit = word.credit();
        if (credit < grains) revert ICredit.CreditTooLow(from, credit, grains);
        account.word = word.minus(grains);
    }

    /// Rewards the caller from the treasury, as far as it lasts: an empty treasury never stops a duty.
    function _payKeeper(uint256 grains) internal returns (uint256 paid) {
        EpochWord word = _layout().epochWord;
        uint256 treasury = word.treasury();
        paid = grains < treasury ? grains : treasury;
        if (paid == 0) return 0;
        unchecked {
            _layout().epochWord = word.withTreasury(treasury - paid); // paid <= treasury
        }
        _addCredit(msg.sender, paid);
    }

    /// No overflow: all grains together are below 2^54.
    function _addTreasury(uint256 grains) internal {
        EpochWord word = _layout().epochWord;
        unchecked {
            _layout().epochWord = word.withTreasury(word.treasury() + grains);
        }
    }
}
