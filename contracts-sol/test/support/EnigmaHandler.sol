// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBatches} from "../../src/interfaces/IBatches.sol";
import {IFaults} from "../../src/interfaces/IFaults.sol";
import {IPayments} from "../../src/interfaces/IPayments.sol";
import {ISecretContractAccount} from "../../src/interfaces/ISecretContractAccount.sol";
import {ISettlement} from "../../src/interfaces/ISettlement.sol";
import {IWorkers} from "../../src/interfaces/IWorkers.sol";
import {BatchHash} from "../../src/libraries/BatchHash.sol";
import {Tags} from "../../src/libraries/Tags.sol";
import {TaskTerms} from "../../src/libraries/TaskTerms.sol";
import {WorkerStatus} from "../../src/libraries/WorkerStatus.sol";
import {EnigmaFixture} from "./EnigmaFixture.sol";

/// Does with Enigma what users, workers, keepers and attackers do, in any order, and keeps its own account of it.
contract EnigmaHandler is EnigmaFixture {
    uint256 internal constant USERS = 3;
    uint256 internal constant WORKERS = 4;
    uint256 internal constant CONTRACTS = 2;

    enum End {
        None,
        Committed,
        Settled
    }

    struct Task {
        ISettlement.Record record;
        bytes32 leaf;
        bytes32 link;
        uint64 cum;
        uint128 paid;
        End end;
    }

    address[] internal users;
    address[] internal contracts;
    mapping(address secretContract => Task[]) internal tasks;
    mapping(address secretContract => uint256) internal resolved;
    mapping(address secretContract => bytes32) internal heads;
    /// What the contract's account may withdraw: payouts to it, less what its own callbacks took.
    mapping(address secretContract => uint256) internal fundsOf;

    /// Weights as they must be: changed with the state while weights are open, else when synced.
    mapping(uint256 workerId => uint256) internal weights;
    mapping(uint256 workerId => uint256) internal weightsInForce;

    /// How often each action did something, by name.
    mapping(bytes32 action => uint256) public done;
    uint256 private _salt;

    constructor() {
        _deploy();
        vm.roll(1_031);
        token.approve(address(enigma), type(uint256).max);
        enigma.fundTreasury(10 * ENG);
        for (uint256 i = 0; i < USERS; ++i) {
            users.push(address(uint160(0xA11CE00 + i)));
            enigma.deposit(users[i], 1_000 * ENG);
            vm.deal(users[i], 1e18);
        }
        for (uint256 i = 1; i <= WORKERS; ++i) {
            vm.prank(_operator(i));
            enigma.register(_operator(i), vm.addr(i), bytes32(i), _quote(_operator(i), i));
            _fundStaker(i, 1_000 * ENG);
            _stakeAndLogIn(i, 100 * i * ENG + 99);
        }
        vm.roll(1_079);
        _keepWeightsInForce();
        _roll(1);
        enigma.openEpoch(_beacon());
        for (uint256 i = 0; i < CONTRACTS; ++i) _recordDeployment(users[i]);
    }

    // Actions. Each maps its arguments into what is possible; what is impossible must be refused.

    function deposit(uint256 who, uint256 amount) external {
        enigma.deposit(users[who % USERS], bound(amount, 1, 50 * ENG));
        _did("deposit");
    }

    function withdraw(uint256 who, uint256 amount) external {
        address user = users[who % USERS];
        uint256 credit = enigma.creditOf(user);
        if (credit == 0) return;
        vm.prank(user);
        enigma.withdraw(address(this), bound(amount, 1, credit));
        _did("withdraw");
    }

    function record(uint256 who, uint256 which, uint256 terms, bool withCallback) external {
        terms = _terms(terms, withCallback);
        address user = users[who % USERS];
        address c = contracts[which % CONTRACTS];
        vm.prank(user);
        enigma.recordTask(c, bytes32(++_salt), terms);
        _follow(c, user, bytes32(_salt), terms, 0, 0);
        _did("record");
    }

    function recordGroup(uint256 who, uint256 which, uint256 terms, uint256 count) external {
        address user = users[who % USERS];
        address c = contracts[which % CONTRACTS];
        uint256 size = bound(count, 1, 5);
        bytes32[] memory inputs = new bytes32[](size);
        uint256[] memory list = new uint256[](size);
        for (uint256 i = 0; i < size; ++i) (inputs[i], list[i]) = (bytes32(++_salt), _terms(terms >> i, i % 2 == 1));
        vm.prank(user);
        enigma.recordTasks(c, inputs, list);
        for (uint256 i = 0; i < size; ++i) _follow(c, user, inputs[i], list[i], 0, 0);
        _did("recordGroup");
    }

    /// A task that pays ENG, which must not mix with credit, stakes or fees.
    function recordPayable(uint256 who, uint256 which, uint256 amount) external {
        address user = users[who % USERS];
        address c = contracts[which % CONTRACTS];
        amount = bound(amount, 1, 5 * ENG);
        token.transfer(user, amount);
        vm.prank(user);
        token.approve(address(enigma), amount);
        uint256 terms = _terms(amount, amount % 2 == 1);
        vm.prank(user);
        enigma.recordPayableTask(c, bytes32(++_salt), terms, address(token), amount);
        _follow(c, user, bytes32(_salt), terms, 0, uint128(amount));
        _did("recordPayable");
    }

    /// A valid batch over a prefix of what waits.
    function commit(uint256 which, uint256 count, uint256 split, uint256 callbackKind) external {
        address c = contracts[which % CONTRACTS];
        (IBatches.Batch memory batch, uint256 size) = _batch(c, count, split, callbackKind);
        if (size == 0) return;
        uint256 workerId = _drawn(c);
        if (!_mayCommit(workerId)) return;
        Task storage last = tasks[c][batch.toIndex - 1];
        _sign(batch, last.link, workerId);
        bool failing = batch.extras.length != 0 && batch.extras[0].callbacks.length != 0 && callbackKind % 3 == 2;
        enigma.commitBatch(batch);
        heads[c] = failing ? batch.fallbackHead : batch.newHead;
        _resolve(c, batch.toIndex, End.Committed);
        _bookPayouts(c, batch, callbackKind, failing);
        _did(failing ? bytes32("commitFailing") : bytes32("commit"));
    }

    /// Batches that are wrong in one thing change nothing.
    function commitInvalid(uint256 which, uint256 count, uint256 split, uint256 fault) external {
        address c = contracts[which % CONTRACTS];
        (IBatches.Batch memory batch, uint256 size) = _batch(c, count, split, 0);
        if (size == 0) return;
        uint256 workerId = _drawn(c);
        if (workerId == 0) return;
        uint256 key = workerId;
        fault %= 8;
        if (fault == 0) key = 99;
        else if (fault == 1) key = workerId % WORKERS + 1;
        else if (fault == 2) batch.previousHead = bytes32(split | 1);
        else if (fault == 3) ++batch.feeGrains;
        else if (fault == 4) ++batch.fromIndex;
        else if (fault == 5) batch.validUntilBlock += uint64(EPOCH_LENGTH);
        else if (fault == 6) ++batch.epoch;
        else batch.cumLockedGrains += 1;
        _sign(batch, tasks[c][batch.toIndex - 1].link, key);
        try enigma.commitBatch(batch) {
            revert NotTrue("an invalid batch was committed");
        } catch {}
        _did("commitInvalid");
    }

    function settle(uint256 which, uint256 count) external {
        address c = contracts[which % CONTRACTS];
        uint256 from = resolved[c];
        uint256 expired;
        while (from + expired < tasks[c].length && uint64(tasks[c][from + expired].record.place) + EXPIRY <= block.number) {
            ++expired;
        }
        if (expired == 0) return;
        _settle(c, from, bound(count, 1, expired));
        _did("settle");
    }

    /// Who is not the account cannot move its funds, and nobody but Enigma drives it.
    function steal(uint256 who, uint256 which) external {
        address thief = users[who % USERS];
        address c = contracts[which % CONTRACTS];
        uint256 funds = enigma.ledgerOf(thief, address(token));
        vm.prank(thief);
        try enigma.withdrawPayment(address(token), thief, funds + 1) {
            revert NotTrue("more than the own ledger was withdrawn");
        } catch {}
        vm.prank(thief);
        (bool driven,) = c.call(bytes.concat(ISecretContractAccount.perform.selector, _withdrawal(1)));
        if (driven) revert NotTrue("a stranger drove the account");
        _did("steal");
    }

    function withdrawPayment(uint256 who) external {
        address user = users[who % USERS];
        uint256 funds = enigma.ledgerOf(user, address(token));
        if (funds == 0) return;
        vm.prank(user);
        enigma.withdrawPayment(address(token), address(this), funds);
        _did("withdrawPayment");
    }

    function stake(uint256 which, uint256 amount) external {
        uint256 id = which % WORKERS + 1;
        if (_closed() || _status(id) == WorkerStatus.BANNED) return;
        amount = bound(amount, 1, 20 * ENG);
        _fundStaker(id, amount);
        vm.prank(_operator(id));
        enigma.stake(uint32(id), amount);
        _noteWeight(id);
        _did("stake");
    }

    function unbond(uint256 which, uint256 amount) external {
        uint256 id = which % WORKERS + 1;
        uint256 active = enigma.workerOf(uint32(id)).stakeGrains;
        if (_closed() || active == 0) return;
        vm.prank(_operator(id));
        enigma.unbond(uint32(id), bound(amount, 1, active));
        _noteWeight(id);
        _did("unbond");
    }

    function withdrawStake(uint256 which) external {
        uint256 id = which % WORKERS + 1;
        IWorkers.Worker memory worker = enigma.workerOf(uint32(id));
        if (worker.unbondingGrains == 0 || block.number < worker.unbondedAtBlock) return;
        vm.prank(_operator(id));
        enigma.withdrawStake(uint32(id), address(this));
        _did("withdrawStake");
    }

    function enterOrLeave(uint256 which) external {
        uint256 id = which % WORKERS + 1;
        IWorkers.Worker memory worker = enigma.workerOf(uint32(id));
        if (_closed() || worker.status == WorkerStatus.BANNED) return;
        vm.prank(_operator(id));
        if (worker.status == WorkerStatus.LOGGED_IN) {
            enigma.logout(uint32(id));
        } else {
            try enigma.login(uint32(id)) {} catch {
                return;
            }
        }
        _noteWeight(id);
        _did("enterOrLeave");
    }

    function claimEarnings(uint256 which, bool toStake) external {
        uint256 id = which % WORKERS + 1;
        if (toStake && (_closed() || _status(id) == WorkerStatus.BANNED)) return;
        vm.prank(_operator(id));
        enigma.claimEarnings(uint32(id), toStake);
        if (toStake) _noteWeight(id);
        _did("claimEarnings");
    }

    /// Rare, for banned workers never come back.
    function equivocate(uint256 which, uint256 seed) external {
        uint256 id = which % WORKERS + 1;
        if (seed % 4 != 0 || id == 1 || _status(id) == WorkerStatus.BANNED) return;
        IFaults.Question memory q;
        q.secretContract = contracts[0];
        q.missingHash = BatchHash.EMPTY;
        IFaults.Answer memory a = _answer(q, id, keccak256("one"));
        IFaults.Answer memory b = _answer(q, id, keccak256("two"));
        enigma.proveEquivocation(q, a, b);
        if (!_closed()) _noteWeight(id);
        _did("equivocate");
    }

    /// Marks a queue, or comes back at the end of the schedule and claims.
    function noShow(uint256 which, bool atTheEnd) external {
        address c = contracts[which % CONTRACTS];
        try enigma.markNoShow(c) {
            _did("markNoShow");
        } catch {}
        uint256 place = block.number % EPOCH_LENGTH;
        if (!atTheEnd || place >= EPOCH_LENGTH - 2) return;
        _roll(EPOCH_LENGTH - 2 - place);
        uint256 workerId = _drawn(c);
        try enigma.claimNoShow(c) {
            if (!_closed()) _noteWeight(workerId);
            _did("claimNoShow");
        } catch {}
    }

    function syncWeight(uint256 which) external {
        uint256 id = which % WORKERS + 1;
        if (_closed()) return;
        enigma.syncWeight(uint32(id));
        _noteWeight(id);
    }

    function roll(uint256 blocks) external {
        _roll(bound(blocks, 1, 25));
    }

    function openEpoch() external {
        if (!_closed()) return;
        enigma.openEpoch(_beacon());
        _keepWeightsInForce();
        _did("openEpoch");
    }

    function fundTreasury(uint256 amount) external {
        enigma.fundTreasury(bound(amount, 1, ENG));
    }

    // What holds after every action.

    function checkSolvency() external view {
        uint256 owed = enigma.treasury() + enigma.creditOf(address(this)) + enigma.ledgerOf(address(this), address(token));
        for (uint256 i = 0; i < USERS; ++i) {
            owed += enigma.creditOf(users[i]) + enigma.ledgerOf(users[i], address(token));
        }
        for (uint256 i = 0; i < CONTRACTS; ++i) {
            address c = contracts[i];
            owed += enigma.queueOf(c).cumLockedGrains - enigma.queueOf(c).cumCommittedGrains;
            owed += enigma.creditOf(c) + enigma.ledgerOf(c, address(token)) + enigma.pendingPayments(c, address(token));
        }
        for (uint256 id = 1; id <= WORKERS; ++id) {
            IWorkers.Worker memory w = enigma.workerOf(uint32(id));
            owed += uint256(w.stakeGrains) + w.unbondingGrains + w.earningsGrains + enigma.creditOf(_operator(id));
        }
        assertEq(owed, token.balanceOf(address(enigma)), "what is owed is what is there");
    }

    function checkQueues() external view {
        for (uint256 i = 0; i < CONTRACTS; ++i) {
            address c = contracts[i];
            uint256 committed = enigma.queueOf(c).committed;
            assertTrue(committed <= enigma.queueOf(c).submitted, "committed <= submitted");
            assertEq(enigma.queueOf(c).submitted, tasks[c].length, "submitted");
            assertEq(committed, resolved[c], "committed");
            assertEq(uint256(enigma.queueOf(c).head), uint256(heads[c]), "a head moves by a valid batch only");
            assertEq(enigma.ledgerOf(c, address(token)), fundsOf[c], "only the account moves its funds");
            for (uint256 n = 0; n < tasks[c].length; ++n) {
                assertTrue((tasks[c][n].end != End.None) == (n < committed), "one end each");
            }
        }
    }

    function checkWeights() external view {
        uint256 total;
        for (uint256 id = 1; id <= WORKERS; ++id) {
            (uint256 inForce, uint256 pending) = enigma.weightOf(uint32(id));
            assertEq(inForce, weightsInForce[id], "in force is the stake when weights closed");
            assertEq(pending, weights[id], "pending is the stake");
            total += inForce;
        }
        assertEq(enigma.currentEpoch().totalWeight, total, "total");
    }

    // How.

    function _did(bytes32 action) private {
        ++done[action];
    }

    function _operator(uint256 id) internal pure returns (address) {
        return address(uint160(0x0b0b00 + id));
    }

    function _fundStaker(uint256 id, uint256 amount) private {
        token.transfer(_operator(id), amount);
        vm.prank(_operator(id));
        token.approve(address(enigma), type(uint256).max);
    }

    function _stakeAndLogIn(uint256 id, uint256 amount) private {
        vm.prank(_operator(id));
        enigma.stake(uint32(id), amount);
        vm.prank(_operator(id));
        enigma.login(uint32(id));
        _noteWeight(id);
    }

    function _status(uint256 id) private view returns (uint8) {
        return enigma.workerOf(uint32(id)).status;
    }

    /// The worker drawn now; 0 when nobody has weight.
    function _drawn(address c) private view returns (uint256) {
        try enigma.drawnWorker(c) returns (uint32 id) {
            return id;
        } catch {
            return 0;
        }
    }

    function _mayCommit(uint256 id) private view returns (bool) {
        return id != 0 && _status(id) != WorkerStatus.BANNED;
    }

    /// Whether the next epoch is due: from here on weights stand still.
    function _closed() private view returns (bool) {
        uint256 start = block.number - block.number % EPOCH_LENGTH;
        return start > enigma.currentEpoch().scheduledStartBlock && block.number <= start + OPEN_WINDOW;
    }

    function _noteWeight(uint256 id) private {
        IWorkers.Worker memory w = enigma.workerOf(uint32(id));
        weights[id] = w.status == WorkerStatus.LOGGED_IN ? w.stakeGrains / ENG : 0;
    }

    function _keepWeightsInForce() private {
        for (uint256 id = 1; id <= WORKERS; ++id) weightsInForce[id] = weights[id];
    }

    function _roll(uint256 blocks) private {
        vm.roll(block.number + blocks);
        vm.warp(block.timestamp + blocks * 12);
    }

    function _terms(uint256 seed, bool withCallback) private pure returns (uint256) {
        uint256 limit = bound(seed, 1_024, 1_000_000);
        return TaskTerms.pack(uint48(limit), uint40(bound(seed >> 64, 1, 9)), withCallback ? 200_000 : 0, withCallback ? 2 : 0);
    }

    function _recordDeployment(address deployer) private {
        uint256 terms = _terms(0, false);
        vm.prank(deployer);
        address c = enigma.recordDeployment(keccak256("code"), bytes32(0), bytes32(0), terms);
        contracts.push(c);
        _follow(c, deployer, bytes32(0), terms, TaskTerms.DEPLOYMENT, 0);
    }

    /// Chains a record as PROTOCOL §2 says.
    function _follow(address c, address sender, bytes32 inputs, uint256 terms, uint256 flags, uint128 paid) private {
        uint256 index = tasks[c].length;
        uint256 locked = 10_000 + uint48(terms) * uint256(uint40(terms >> 48))
            + uint32(terms >> 88) * uint256(uint40(terms >> 120));
        Task storage task = tasks[c].push();
        task.record = ISettlement.Record({
            sender: sender,
            inputsHash: inputs,
            terms: terms | flags << 160 | locked << 168 | index << 208,
            place: block.number | block.timestamp << 64
        });
        task.paid = paid;
        task.cum = uint64((index == 0 ? 0 : tasks[c][index - 1].cum) + locked);
        task.leaf = harness.leaf(task.record, paid == 0 ? address(0) : address(token), paid);
        task.link = keccak256(abi.encode(_linkBefore(c, index), task.leaf, index, task.cum));
        // A group stores its last link and those of its callbacks: of the newest record it is always there.
        if (enigma.queueOf(c).submitted == index + 1) assertEq(uint256(enigma.linkAt(c, index)), uint256(task.link), "link");
    }

    function _linkBefore(address c, uint256 index) private view returns (bytes32) {
        if (index != 0) return tasks[c][index - 1].link;
        return keccak256(abi.encode(Tags.QUEUE, block.chainid, address(enigma), c));
    }

    function _resolve(address c, uint256 toIndex, End end) private {
        for (uint256 n = resolved[c]; n < toIndex; ++n) {
            assertTrue(tasks[c][n].end == End.None, "a task ends once");
            tasks[c][n].end = end;
        }
        resolved[c] = toIndex;
    }

    function _later(address c, uint256 index) private view returns (IBatches.LaterRecord[] memory later) {
        later = new IBatches.LaterRecord[](tasks[c].length - 1 - index);
        for (uint256 i = 0; i < later.length; ++i) {
            later[i] = IBatches.LaterRecord(tasks[c][index + 1 + i].leaf, tasks[c][index + 1 + i].cum);
        }
    }

    /// A conserving batch of the first `count` waiting records; `size` 0 when none can be.
    function _batch(address c, uint256 count, uint256 split, uint256 callbackKind)
        private
        view
        returns (IBatches.Batch memory b, uint256 size)
    {
        uint256 from = resolved[c];
        uint256 waiting = tasks[c].length - from;
        if (waiting == 0) return (b, 0);
        size = bound(count, 1, waiting);
        Task storage last = tasks[c][from + size - 1];
        uint256 before = from == 0 ? 0 : tasks[c][from - 1].cum;
        b.secretContract = c;
        b.epoch = enigma.currentEpoch().epoch;
        b.fromIndex = uint32(from);
        b.toIndex = uint32(from + size);
        b.previousLink = _linkBefore(c, from + size - 1);
        b.cumLockedGrains = last.cum;
        b.previousHead = heads[c];
        b.newHead = keccak256(abi.encode(heads[c], last.link));
        b.receiptsRoot = keccak256(abi.encode("root", last.link));
        b.leaf = last.leaf;
        b.validUntilBlock = uint64(block.number - block.number % EPOCH_LENGTH + EPOCH_LENGTH - 1);
        uint256 locked = last.cum - before;
        uint256 refund = split % (locked + 1);
        b.forfeitedGrains = uint64((split >> 128) % (locked - refund + 1));
        b.feeGrains = uint64(locked - refund - b.forfeitedGrains);
        b.refunds = new bytes32[](1);
        b.refunds[0] = bytes32(uint256(uint160(last.record.sender)) << 96 | refund);
        b.extras = new IBatches.Extras[](1);
        b.extras[0].later = _later(c, from + size - 1);
        b.extras[0].payouts = _payouts(c, from, size, split);
        if (callbackKind % 3 != 0 && uint32(last.record.terms >> 88) != 0) {
            // Kind 1 withdraws a grain of the account's funds, when it has any after this batch; kind 2 must fail.
            bool fails = callbackKind % 3 == 2;
            b.extras[0].callbacks = _withdrawal(fails ? type(uint128).max : 1);
            b.fallbackHead = heads[c];
            if (!fails && fundsOf[c] == 0) b.extras[0].callbacks = _harmless();
        }
    }

    function _withdrawal(uint256 amount) private view returns (bytes memory) {
        return _call(address(enigma), abi.encodeCall(IPayments.withdrawPayment, (address(token), address(this), amount)));
    }

    function _harmless() private view returns (bytes memory) {
        return _call(address(token), abi.encodeCall(token.approve, (address(1), 1)));
    }

    /// Packed as in a batch (PROTOCOL §4.5).
    function _call(address target, bytes memory data) private pure returns (bytes memory) {
        return abi.encodePacked(target, uint32(200_000), uint64(data.length), data);
    }

    /// Each payment of the batch goes to the contract or back.
    function _payouts(address c, uint256 from, uint256 size, uint256 split)
        private
        view
        returns (IBatches.Payout[] memory payouts)
    {
        uint256 n;
        for (uint256 i = from; i < from + size; ++i) if (tasks[c][i].paid != 0) ++n;
        payouts = new IBatches.Payout[](n);
        for (uint256 i = from; i < from + size; ++i) {
            Task storage task = tasks[c][i];
            if (task.paid == 0) continue;
            address to = (split >> (i % 64)) & 1 == 0 ? c : task.record.sender;
            bool callsBack = i == from + size - 1 && uint32(task.record.terms >> 88) != 0;
            payouts[--n] = IBatches.Payout(address(token), to, task.paid, callsBack ? task.record.sender : address(0));
        }
    }

    function _bookPayouts(address c, IBatches.Batch memory b, uint256 kind, bool failing) private {
        bool withdraws = b.extras[0].callbacks.length != 0 && kind % 3 == 1 && fundsOf[c] != 0;
        for (uint256 i = 0; i < b.extras[0].payouts.length; ++i) {
            IBatches.Payout memory payout = b.extras[0].payouts[i];
            address to = failing && payout.fallbackTo != address(0) ? payout.fallbackTo : payout.to;
            if (to == c) fundsOf[c] += payout.amount;
        }
        if (withdraws && !failing) {
            fundsOf[c] -= 1;
            _did("accountWithdraws");
        }
    }

    function _settle(address c, uint256 from, uint256 size) private {
        ISettlement.Record[] memory records = new ISettlement.Record[](size);
        uint256 paying;
        for (uint256 i = 0; i < size; ++i) {
            records[i] = tasks[c][from + i].record;
            if (tasks[c][from + i].paid != 0) ++paying;
        }
        ISettlement.RecordPayment[] memory payments = new ISettlement.RecordPayment[](paying);
        for (uint256 i = size; i > 0; --i) {
            uint128 paid = tasks[c][from + i - 1].paid;
            if (paid != 0) payments[--paying] = ISettlement.RecordPayment(i - 1, address(token), paid);
        }
        enigma.settleExpired(c, _linkBefore(c, from), records, payments, _later(c, from + size - 1));
        _resolve(c, from + size, End.Settled);
        assertTrue(enigma.isSettled(c, uint32(from), uint32(from), uint32(from + size)), "settled");
    }

    function _answer(IFaults.Question memory q, uint256 key, bytes32 newHead)
        private
        view
        returns (IFaults.Answer memory a)
    {
        IBatches.Batch memory b;
        b.secretContract = q.secretContract;
        b.newHead = newHead;
        _sign(b, bytes32(0), key);
        (a.newHead, a.r, a.vs) = (newHead, b.r, b.vs);
        (a.refundsHash, a.payoutsHash, a.callbacksHash) = (BatchHash.EMPTY, BatchHash.EMPTY, BatchHash.EMPTY);
    }
}
