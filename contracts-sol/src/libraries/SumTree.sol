// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Sum tree of the lottery: weights that change now and count from the next epoch on
/// @notice A tree of arity 7. A node is two words: `current`, and `pending` which carries a 32-bit epoch tag.
/// A word holds 7 weights of 32 bits (whole ENG), child i in bits [32i, 32i+32), and the tag in bits [224, 256).
///
/// A change made in epoch n goes to `pending`; the first one in an epoch copies `pending` to `current` and tags the
/// node with n. The weights in force in epoch n are `pending` of a node whose tag is below n, else `current`. So a
/// draw of epoch n reads one word per level when nothing changed in n and two otherwise, never moves within n, and
/// opening an epoch costs nothing here whatever the number of workers.
/// @dev PROTOCOL §5.4. The caller keeps the depth and the number of leaves. A tree of depth d holds 7^d leaves and
/// grows by putting a root on top; leaves and their order never move. Weights cannot overflow their 32 bits: the sum
/// of all is at most the supply, 150,000,000 ENG.
library SumTree {
    /// @notice Children per node.
    uint256 internal constant ARITY = 7;
    /// @notice Most leaves a distinct group may hold.
    uint256 internal constant MAX_GROUP = 8;
    uint256 private constant WEIGHT_BITS = 32;
    uint256 private constant WEIGHT_MASK = 0xffffffff;
    uint256 private constant TAG_SHIFT = 224;
    /// A word times this holds in place of each weight the sum of it and all before it.
    uint256 private constant PREFIX_SUMS = 0x0000000100000001000000010000000100000001000000010000000100000001;
    uint256 private constant WEIGHTS_MASK = (1 << TAG_SHIFT) - 1;

    struct Node {
        uint256 current;
        uint256 pending;
    }

    /// @notice Thrown when nothing can be drawn. @param epoch the epoch asked for
    error EmptyDraw(uint32 epoch);
    /// @notice Thrown when a weight would not fit. @param leaf index @param weight whole ENG
    error WeightTooLarge(uint256 leaf, uint256 weight);
    /// @notice Thrown for a group size of 0 or above 8. @param size asked for
    error GroupSizeOutOfRange(uint256 size);

    /// @notice Makes room for leaf number `leaves` (counted from 0), with weight 0; returns the depth from now on.
    /// @param epoch the epoch in force
    function grow(mapping(uint256 => Node) storage nodes, uint256 depth, uint256 leaves, uint32 epoch)
        internal
        returns (uint256)
    {
        if (depth == 0) return 1;
        if (leaves < ARITY ** depth) return depth;
        Node storage top = nodes[key(depth - 1, 0)];
        Node storage root = nodes[key(depth, 0)];
        root.current = _sum(_inForce(top, epoch));
        root.pending = _sum(top.pending) | (uint256(epoch) << TAG_SHIFT);
        return depth + 1;
    }

    /// @notice Sets the weight of a leaf, in force from the epoch after `epoch` on.
    /// @param weight whole ENG
    function set(mapping(uint256 => Node) storage nodes, uint256 depth, uint256 leaf, uint32 epoch, uint256 weight)
        internal
    {
        if (weight > WEIGHT_MASK) revert WeightTooLarge(leaf, weight);
        uint256 old = pendingWeightOf(nodes, leaf);
        if (weight == old) return;
        uint256 index = leaf;
        for (uint256 level = 0; level < depth; ++level) {
            _change(nodes[key(level, index / ARITY)], index % ARITY, epoch, old, weight);
            index /= ARITY;
        }
    }

    /// @notice Weight of a leaf in force in `epoch`, whole ENG.
    function weightOf(mapping(uint256 => Node) storage nodes, uint256 leaf, uint32 epoch) internal view returns (uint256) {
        return _weightAt(_inForce(nodes[key(0, leaf / ARITY)], epoch), leaf % ARITY);
    }

    /// @notice Weight of a leaf as it will be in the next epoch if nothing changes, whole ENG.
    function pendingWeightOf(mapping(uint256 => Node) storage nodes, uint256 leaf) internal view returns (uint256) {
        return _weightAt(nodes[key(0, leaf / ARITY)].pending, leaf % ARITY);
    }

    /// @notice Sum of all weights in force in `epoch`, whole ENG.
    function total(mapping(uint256 => Node) storage nodes, uint256 depth, uint32 epoch) internal view returns (uint256) {
        if (depth == 0) return 0;
        return _sum(_inForce(nodes[key(depth - 1, 0)], epoch));
    }

    /// @notice The leaf that `random` draws in `epoch`: leaf i owns an interval as long as its weight.
    function draw(mapping(uint256 => Node) storage nodes, uint256 depth, uint32 epoch, uint256 random) internal view returns (uint32 leaf) {
        uint256 level = depth;
        if (level == 0) revert EmptyDraw(epoch);
        uint256 word = _inForce(nodes[key(--level, 0)], epoch);
        uint256 sum = _sum(word);
        if (sum == 0) revert EmptyDraw(epoch);
        uint256 point = random % sum; // bias below 2^-224: random has 256 bits, sum at most 32
        uint256 index;
        unchecked {
            while (true) {
                uint256 child;
                (child, point) = _child(word, point);
                index = index * ARITY + child; // below 7^depth, the number of leaves
                if (level == 0) return uint32(index);
                word = _inForce(nodes[key(--level, index)], epoch);
            }
        }
    }

    /// @notice Distinct leaves: draw k is made over the weights without the leaves drawn before it.
    /// @param randoms one number a draw; their count is the size of the group
    function drawDistinct(mapping(uint256 => Node) storage nodes, uint256 depth, uint32 epoch, uint256[] memory randoms)
        internal
        view
        returns (uint32[] memory group)
    {
        if (randoms.length == 0 || randoms.length > MAX_GROUP) revert GroupSizeOutOfRange(randoms.length);
        group = new uint32[](randoms.length);
        for (uint256 k = 0; k < randoms.length; ++k) {
            group[k] = _drawExcept(nodes, depth, epoch, randoms[k], group, k);
        }
    }

    /// As `draw`, over the weights less those of the first `excluded` leaves of `group`.
    function _drawExcept(mapping(uint256 => Node) storage nodes, uint256 depth, uint32 epoch, uint256 random, uint32[] memory group, uint256 excluded)
        private
        view
        returns (uint32)
    {
        uint256 level = depth;
        if (level == 0) revert EmptyDraw(epoch);
        uint256 point;
        uint256 index;
        for (bool first = true; level != 0; first = false) {
            uint256 word = _inForce(nodes[key(--level, index)], epoch);
            word = _without(nodes, epoch, word, level, index, group, excluded);
            if (first) {
                uint256 sum = _sum(word);
                if (sum == 0) revert EmptyDraw(epoch);
                point = random % sum;
            }
            uint256 child;
            (child, point) = _child(word, point);
            index = index * ARITY + child;
        }
        return uint32(index);
    }

    /// Subtracts the excluded leaves that lie under the node (level, index) from the child that holds each.
    function _without(
        mapping(uint256 => Node) storage nodes,
        uint32 epoch,
        uint256 word,
        uint256 level,
        uint256 index,
        uint32[] memory group,
        uint256 excluded
    ) private view returns (uint256) {
        uint256 span = ARITY ** level; // leaves under one child
        for (uint256 i = 0; i < excluded; ++i) {
            uint256 child = group[i] / span;
            if (child / ARITY != index) continue;
            // A child's weight includes every leaf below it, so no borrow into the neighbour can happen.
            word -= weightOf(nodes, group[i], epoch) << (WEIGHT_BITS * (child % ARITY));
        }
        return word;
    }

    /// The child whose interval holds `point`, and the point within it. Requires point < _sum(word).
    /// @dev Three comparisons find the number of children whose weights end at or before the point.
    function _child(uint256 word, uint256 point) private pure returns (uint256 child, uint256 within) {
        assembly ("memory-safe") {
            let sums := mul(word, PREFIX_SUMS)
            child := shl(2, iszero(lt(point, and(shr(96, sums), WEIGHT_MASK))))
            child := or(child, shl(1, iszero(lt(point, and(shr(add(32, shl(5, child)), sums), WEIGHT_MASK)))))
            child := or(child, iszero(lt(point, and(shr(shl(5, child), sums), WEIGHT_MASK))))
            within := sub(point, and(shr(shl(5, child), shl(32, sums)), WEIGHT_MASK))
        }
    }

    function _change(Node storage node, uint256 child, uint32 epoch, uint256 from, uint256 to) private {
        uint256 pending = node.pending;
        if (pending >> TAG_SHIFT < epoch) {
            node.current = pending & WEIGHTS_MASK;
            pending = (pending & WEIGHTS_MASK) | (uint256(epoch) << TAG_SHIFT);
        }
        uint256 shift = WEIGHT_BITS * child;
        node.pending = pending - (from << shift) + (to << shift);
    }

    /// The seven weights in force in `epoch`, without tag.
    function _inForce(Node storage node, uint32 epoch) private view returns (uint256) {
        uint256 pending = node.pending;
        return pending >> TAG_SHIFT < epoch ? pending & WEIGHTS_MASK : node.current;
    }

    function _weightAt(uint256 word, uint256 child) private pure returns (uint256) {
        return (word >> (WEIGHT_BITS * child)) & WEIGHT_MASK;
    }

    /// Sum of the seven weights; a tag above them does not count. Nothing carries: the sum of all weights is below 2^32.
    function _sum(uint256 word) private pure returns (uint256) {
        unchecked {
            return (word * PREFIX_SUMS >> 192) & WEIGHT_MASK;
        }
    }

    /// @notice Key of a node: the level in the bits from 32 up, the position in its level below.
    function key(uint256 level, uint256 index) internal pure returns (uint256) {
        return (level << 32) | index;
    }
}
