// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Decides which enclave programs may work
interface IAttestationVerifier {
    /// @notice Thrown for a quote of wrong shape. @param length bytes
    error QuoteMalformed(uint256 length);
    /// @notice Thrown when the quote is about something else. @param got report data in it @param expected
    error ReportDataMismatch(bytes32 got, bytes32 expected);
    /// @notice Thrown for a signature that is not the root's. @param signer recovered
    error QuoteSignatureInvalid(address signer);
    /// @notice Thrown for a program that is not allowed. @param measurement SHA-256 of the program
    /// @param securityVersion of the program
    error MeasurementNotAllowed(bytes32 measurement, uint16 securityVersion);
    /// @notice Thrown for a quote too old or from the future. @param issuedAtS unix seconds
    error QuoteNotFresh(uint256 issuedAtS);

    /// @notice Checks a quote; reverts with the reason when it does not hold.
    /// @param quote as the platform made it @param reportData what the enclave must have put into it
    /// @return measurement SHA-256 of the program @return expiryS unix seconds until which it may be relied on
    function verify(bytes calldata quote, bytes32 reportData)
        external
        view
        returns (bytes32 measurement, uint256 expiryS);

    /// @notice Whether a program may work now.
    /// @param measurement SHA-256 of the program @return whether it is
    function isAllowed(bytes32 measurement) external view returns (bool);
}
