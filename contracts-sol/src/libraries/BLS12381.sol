// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BLS signatures on BLS12-381, short form: signatures in G1, public keys in G2
/// @notice Verifies `e(signature, -g2) * e(H(message), publicKey) == 1` with the precompiles of EIP-2537.
/// @dev Hash to curve is RFC 9380 suite BLS12381G1_XMD:SHA-256_SSWU_RO_. Points are encoded as in EIP-2537: each
/// coordinate a 64-byte big-endian number below the field modulus, G2 coordinates as (c0, c1). The encoding is
/// unique: the precompiles refuse larger numbers, points off the curve and (in the pairing) points outside the
/// subgroup. So one (key, message) has exactly one accepted signature, which is what makes it fit for a beacon.
library BLS12381 {
    /// @notice Bytes of a point of G1 (a signature).
    uint256 internal constant G1_BYTES = 128;
    /// @notice Bytes of a point of G2 (a public key).
    uint256 internal constant G2_BYTES = 256;

    address private constant MODEXP = address(0x05);
    address private constant G1_ADD = address(0x0b);
    address private constant PAIRING_CHECK = address(0x0f);
    address private constant MAP_FP_TO_G1 = address(0x10);

    /// The field modulus p, split into its upper 16 and lower 32 bytes.
    bytes16 private constant P_HI = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    bytes32 private constant P_LO = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;

    /// The negated generator of G2, EIP-2537 encoding.
    bytes private constant NEGATED_G2_GENERATOR =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @notice Whether `signature` is the signature of `message` under `publicKey`.
    /// @param publicKey 256 bytes; the caller vouches that it is not the point at infinity.
    /// @param message What was signed, any length.
    /// @param dst Domain separation tag of the hash to the curve, at most 255 bytes.
    /// @param signature 128 bytes; any other length, and any ill-formed point, gives `false`.
    function verify(bytes memory publicKey, bytes memory message, bytes memory dst, bytes memory signature)
        internal
        view
        returns (bool)
    {
        if (signature.length != G1_BYTES || publicKey.length != G2_BYTES) return false;
        bytes memory pairs =
            abi.encodePacked(signature, NEGATED_G2_GENERATOR, hashToG1(message, dst), publicKey);
        (bool ok, bytes memory result) = PAIRING_CHECK.staticcall(pairs);
        return ok && result.length == 32 && abi.decode(result, (uint256)) == 1;
    }

    /// @notice Hashes a message to a point of G1 (RFC 9380 §3, `hash_to_curve`), 128 bytes.
    /// @dev The map precompile clears the cofactor of each half, which commutes with the addition.
    function hashToG1(bytes memory message, bytes memory dst) internal view returns (bytes memory) {
        (bytes memory u0, bytes memory u1) = hashToField(message, dst);
        return _call(G1_ADD, abi.encodePacked(_call(MAP_FP_TO_G1, u0), _call(MAP_FP_TO_G1, u1)));
    }

    /// @notice Two field elements from a message (RFC 9380 §5.2, m = 1, L = 64, count = 2), 64 bytes each.
    function hashToField(bytes memory message, bytes memory dst)
        internal
        view
        returns (bytes memory u0, bytes memory u1)
    {
        (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4) = expandMessage(message, dst);
        return (_reduce(b1, b2), _reduce(b3, b4));
    }

    /// @notice 128 uniform bytes from a message (RFC 9380 §5.3.1, `expand_message_xmd` with SHA-256).
    function expandMessage(bytes memory message, bytes memory dst)
        internal
        pure
        returns (bytes32 b1, bytes32 b2, bytes32 b3, bytes32 b4)
    {
        bytes memory dstPrime = abi.encodePacked(dst, uint8(dst.length));
        // Z_pad is one input block of SHA-256 (64 zero bytes); 128 is the output length.
        bytes32 b0 = sha256(abi.encodePacked(bytes32(0), bytes32(0), message, uint16(128), uint8(0), dstPrime));
        b1 = sha256(abi.encodePacked(b0, uint8(1), dstPrime));
        b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), dstPrime));
        b3 = sha256(abi.encodePacked(b0 ^ b2, uint8(3), dstPrime));
        b4 = sha256(abi.encodePacked(b0 ^ b3, uint8(4), dstPrime));
    }

    /// A 64-byte number modulo p, as 64 bytes with 16 leading zeros. Exponent 1 makes MODEXP a plain reduction.
    function _reduce(bytes32 hi, bytes32 lo) private view returns (bytes memory) {
        bytes memory reduced = _call(
            MODEXP, abi.encodePacked(uint256(64), uint256(1), uint256(48), hi, lo, uint8(1), P_HI, P_LO)
        );
        return abi.encodePacked(bytes16(0), reduced);
    }

    /// The precompiles called here accept every input this library builds; a failure means the chain lacks EIP-2537.
    function _call(address precompile, bytes memory input) private view returns (bytes memory) {
        (bool ok, bytes memory output) = precompile.staticcall(input);
        if (!ok || output.length == 0) revert PrecompileFailed(precompile);
        return output;
    }

    /// @notice Thrown when a precompile the chain should have does not answer. @param precompile its address
    error PrecompileFailed(address precompile);
}
