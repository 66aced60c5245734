// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAttestationVerifier} from "../interfaces/IAttestationVerifier.sol";
import {Tags} from "../libraries/Tags.sol";

/// @title Attestation of simulated enclaves: quotes signed by a development root
/// @notice The simulation proves nothing about hardware. It exercises every check around a quote, and refuses to be
/// used on Ethereum's main chain. PROTOCOL §7.4.
contract DevAttestationVerifier is IAttestationVerifier, Ownable {
    /// @dev version, kind, measurement, security version, time, report data, signature
    uint256 private constant QUOTE_BYTES = 141;
    /// @dev Clocks of enclave and chain may differ by this much.
    uint256 private constant MAX_SKEW_S = 300;

    /// @notice Signs quotes.
    address public immutable devRoot;
    /// @notice Seconds a quote is good for, counted from its issue.
    uint256 public immutable maxAgeS;

    mapping(bytes32 measurement => uint256 minSecurityVersionPlusOne) private _allowed;

    /// @notice A program is allowed from a security version on.
    event MeasurementAllowed(bytes32 indexed measurement, uint16 minSecurityVersion);
    /// @notice A program is allowed no more.
    event MeasurementRevoked(bytes32 indexed measurement);

    /// @notice Thrown on Ethereum's main chain.
    error DevRootOnMainChain();
    /// @notice Thrown for a root that is zero or an age that is.
    error ZeroParameter();

    /// @param owner the timelock @param measurements allowed at once
    constructor(address owner, address devRoot_, uint256 maxAgeS_, bytes32[] memory measurements) Ownable(owner) {
        _requireDevChain();
        if (devRoot_ == address(0) || maxAgeS_ == 0) revert ZeroParameter();
        devRoot = devRoot_;
        maxAgeS = maxAgeS_;
        for (uint256 i = 0; i < measurements.length; ++i) {
            _allow(measurements[i], 0);
        }
    }

    /// @notice Allows a program. By the timelock.
    function allow(bytes32 measurement, uint16 minSecurityVersion) external onlyOwner {
        _allow(measurement, minSecurityVersion);
    }

    /// @notice Allows a program no more; its workers can then be logged out by anyone. By the timelock.
    function revoke(bytes32 measurement) external onlyOwner {
        delete _allowed[measurement];
        emit MeasurementRevoked(measurement);
    }

    /// @inheritdoc IAttestationVerifier
    function isAllowed(bytes32 measurement) external view returns (bool) {
        return _allowed[measurement] != 0;
    }

    /// @inheritdoc IAttestationVerifier
    function verify(bytes calldata quote, bytes32 reportData)
        external
        view
        returns (bytes32 measurement, uint256 expiryS)
    {
        _requireDevChain();
        if (quote.length != QUOTE_BYTES || quote[0] != 0x01 || quote[1] != 0x01) revert QuoteMalformed(quote.length);
        measurement = bytes32(quote[2:34]);
        uint16 securityVersion = uint16(bytes2(quote[34:36]));
        uint256 issuedAtS = uint64(bytes8(quote[36:44]));
        bytes32 inQuote = bytes32(quote[44:76]);
        if (inQuote != reportData) revert ReportDataMismatch(inQuote, reportData);

        bytes32 digest = keccak256(abi.encode(Tags.QUOTE, measurement, securityVersion, issuedAtS, inQuote));
        (address signer,,) = ECDSA.tryRecover(digest, quote[76:141]);
        if (signer != devRoot) revert QuoteSignatureInvalid(signer);

        uint256 minimum = _allowed[measurement];
        if (minimum == 0 || uint256(securityVersion) + 1 < minimum) revert MeasurementNotAllowed(measurement, securityVersion);
        expiryS = issuedAtS + maxAgeS;
        if (issuedAtS > block.timestamp + MAX_SKEW_S || expiryS <= block.timestamp) revert QuoteNotFresh(issuedAtS);
    }

    function _allow(bytes32 measurement, uint16 minSecurityVersion) private {
        _allowed[measurement] = uint256(minSecurityVersion) + 1;
        emit MeasurementAllowed(measurement, minSecurityVersion);
    }

    function _requireDevChain() private view {
        if (block.chainid == 1) revert DevRootOnMainChain();
    }
}
