// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Enigma} from "../../src/Enigma.sol";
import {EnigmaLedger} from "../../src/EnigmaLedger.sol";
import {EnigmaWorkers} from "../../src/EnigmaWorkers.sol";
import {DevAttestationVerifier} from "../../src/attestation/DevAttestationVerifier.sol";
import {IEnigmaPart} from "../../src/core/EnigmaPart.sol";
import {EnigmaProxy} from "../../src/deploy/EnigmaProxy.sol";
import {IBatches} from "../../src/interfaces/IBatches.sol";
import {IEnigma} from "../../src/interfaces/IEnigma.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {BLS12381} from "../../src/libraries/BLS12381.sol";
import {Tags} from "../../src/libraries/Tags.sol";
import {VectorHarness} from "../../src/testing/VectorHarness.sol";
import {EnigmaToken} from "../../src/token/EnigmaToken.sol";
import {Test} from "./Test.sol";

/// Enigma whole, with plain keys where enclaves stand and a committee whose secret is 1: its public key is the generator
/// of G2, and its signature of a message is the message's point. So real signatures can be made here.
abstract contract EnigmaFixture is Test {
    bytes internal constant G2_GENERATOR =
        hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        hex"000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be";
    bytes private constant BEACON_DST = "ENIGMA-V1-BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_";
    uint256 private constant ROOT_KEY = 0xd0;
    bytes32 internal constant MEASUREMENT = keccak256("worker program");
    bytes32 internal constant TRUST_HASH = keccak256("trust");
    uint256 internal constant ENG = 1e8;
    uint256 internal constant EPOCH_LENGTH = 60;
    uint256 internal constant OPEN_WINDOW = 10;
    uint256 internal constant EXPIRY = 150;

    EnigmaToken internal token;
    IEnigma internal enigma;
    VectorHarness internal harness;

    function _deploy() internal {
        vm.roll(1_000);
        vm.warp(1_800_000_000);
        token = new EnigmaToken(address(this));
        harness = new VectorHarness();
        bytes32[] memory programs = new bytes32[](1);
        programs[0] = MEASUREMENT;
        address verifier = address(new DevAttestationVerifier(address(this), vm.addr(ROOT_KEY), 1e9, programs));
        IGovernance.Parameters memory p = _parameters(verifier);
        EnigmaWorkers workers = new EnigmaWorkers(p);
        EnigmaLedger ledger = new EnigmaLedger(p, IEnigmaPart(address(workers)));
        Enigma implementation = new Enigma(p, IEnigmaPart(address(ledger)), address(0));
        enigma = IEnigma(address(new EnigmaProxy(address(implementation))));
    }

    function _parameters(address verifier) private view returns (IGovernance.Parameters memory p) {
        p.token = address(token);
        p.governor = address(this);
        p.verifier = verifier;
        p.trustHash = TRUST_HASH;
        p.beaconKey = G2_GENERATOR;
        p.contractKey = G2_GENERATOR;
        p.epochLengthBlocks = uint32(EPOCH_LENGTH);
        p.openWindowBlocks = uint32(OPEN_WINDOW);
        p.commitWindowBlocks = 20;
        p.expiryBlocks = uint32(EXPIRY);
        p.baseFeeGrains = 10_000;
        p.minGasLimit = 1_024;
        p.minGasPriceGrains = 1;
        p.minCallbackPriceGrains = 1;
        p.minStakeGrains = uint64(100 * ENG);
        p.unbondingBlocks = uint32(EXPIRY);
        p.overdueBlocks = 20;
        p.capacityGas = 1e9;
        p.jailEpochs = 1;
        p.noShowPenaltyGrains = uint64(ENG + 7);
        p.equivocationSlashBps = 3_333;
        p.proofRewardBps = 1_111;
        p.openRewardGrains = uint64(ENG / 10);
        p.settleRewardGrains = 5_000;
        p.intakeOpen = true;
    }

    /// The committee's signature for the latest scheduled start.
    function _beacon() internal view returns (bytes memory) {
        uint256 start = block.number - block.number % EPOCH_LENGTH;
        uint32 epoch = enigma.currentEpoch().epoch + 1;
        bytes memory message =
            abi.encode(Tags.BEACON, block.chainid, address(enigma), epoch, blockhash(start - 1));
        return BLS12381.hashToG1(message, BEACON_DST);
    }

    /// A quote of the dev root over an enclave's keys.
    function _quote(address operator, uint256 enclaveKey) internal view returns (bytes memory) {
        bytes32 report = keccak256(
            abi.encode(
                Tags.REPORT,
                block.chainid,
                address(enigma),
                uint256(1),
                operator,
                vm.addr(enclaveKey),
                bytes32(enclaveKey),
                TRUST_HASH
            )
        );
        bytes32 digest = keccak256(abi.encode(Tags.QUOTE, MEASUREMENT, uint16(1), block.timestamp, report));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ROOT_KEY, digest);
        return abi.encodePacked(
            hex"0101", MEASUREMENT, uint16(1), uint64(block.timestamp), report, abi.encodePacked(r, s, v)
        );
    }

    /// Signs a batch as an enclave does; its link is the one that ends it.
    function _sign(IBatches.Batch memory batch, bytes32 link, uint256 enclaveKey) internal view {
        bytes32 digest = harness.batchDigest(_domain(), batch, link);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(enclaveKey, digest);
        batch.r = r;
        batch.vs = v == 28 ? s | bytes32(uint256(1) << 255) : s;
    }

    /// PROTOCOL §4.3.
    function _domain() private view returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Enigma"),
                keccak256("1"),
                block.chainid,
                address(enigma)
            )
        );
    }
}
