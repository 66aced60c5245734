// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Auctions whose bids are secret
/// @notice Anyone opens an auction here; bids go to the secret contract `SealedBidAuction`. After the end its callbacks
/// send the price here, in ETH out of the winner's deposit, and name the winner. Sellers withdraw.
contract Auctions {
    struct Auction {
        address seller;
        address winner;
    }

    /// @notice The only one who may settle.
    address public immutable secretContract;
    /// @notice Auctions by id. An id is `endsAtS << 64 | number`: the secret contract reads the end out of it.
    mapping(uint256 auctionId => Auction auction) public auctions;
    /// @notice What sellers may withdraw, in wei.
    mapping(address seller => uint256 amountWei) public proceeds;
    /// @notice All proceeds together, in wei.
    uint256 public totalProceeds;
    /// @notice How many auctions were opened.
    uint64 public count;

    /// @notice An auction was opened. @param endsAtS unix seconds from which no bid counts
    event AuctionOpened(uint256 indexed auctionId, address indexed seller, uint64 endsAtS, string thing);
    /// @notice The winner and the price are known.
    event AuctionSettled(uint256 indexed auctionId, address indexed winner, uint256 priceWei);

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotSecretContract(address caller);
    /// @notice Thrown when an auction would be over before it began. @param endsAtS unix seconds
    error EndsInThePast(uint64 endsAtS);
    /// @notice Thrown for an id that was never given out.
    error NoSuchAuction(uint256 auctionId);
    /// @notice Thrown for a second settlement.
    error AlreadySettled(uint256 auctionId);
    /// @notice Thrown when the price did not arrive. @param arrivedWei what came since the last settlement
    error PriceNotPaid(uint256 arrivedWei, uint256 priceWei);
    /// @notice Thrown when a withdrawal finds nothing or cannot be sent.
    error NothingSent(address seller);

    constructor(address secretContract_) {
        secretContract = secretContract_;
    }

    /// @notice Takes the price, which the secret contract's first callback has Enigma send.
    receive() external payable {}

    /// @notice Opens an auction. @param endsAtS unix seconds from which no bid counts
    function open(string calldata thing, uint64 endsAtS) external returns (uint256 auctionId) {
        if (endsAtS <= block.timestamp) revert EndsInThePast(endsAtS);
        auctionId = (uint256(endsAtS) << 64) | ++count;
        auctions[auctionId].seller = msg.sender;
        emit AuctionOpened(auctionId, msg.sender, endsAtS, thing);
    }

    /// @notice Called by the secret contract's account, after the price was sent.
    function settle(uint256 auctionId, address winner, uint256 priceWei) external {
        if (msg.sender != secretContract) revert NotSecretContract(msg.sender);
        Auction storage auction = auctions[auctionId];
        address seller = auction.seller;
        if (seller == address(0)) revert NoSuchAuction(auctionId);
        if (auction.winner != address(0)) revert AlreadySettled(auctionId);
        uint256 total = totalProceeds;
        uint256 arrivedWei = address(this).balance - total;
        if (arrivedWei < priceWei) revert PriceNotPaid(arrivedWei, priceWei);
        auction.winner = winner;
        totalProceeds = total + priceWei;
        proceeds[seller] += priceWei;
        emit AuctionSettled(auctionId, winner, priceWei);
    }

    /// @notice Sends a seller all proceeds.
    function withdraw() external {
        uint256 amountWei = proceeds[msg.sender];
        proceeds[msg.sender] = 0;
        totalProceeds -= amountWei;
        (bool ok,) = msg.sender.call{value: amountWei}("");
        if (amountWei == 0 || !ok) revert NothingSent(msg.sender);
    }
}
