// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The bets of rock-paper-scissors
/// @notice Two players put the same amount of ETH here and their moves into the secret contract `RockPaperScissors`. Its
/// callback moves the bets: to the winner, or back in a draw. When it never comes, both get theirs back after a while.
contract RockPaperScissorsBets {
    struct Game {
        address first;
        address second;
        uint96 betWei;
    }

    /// @notice How long players have for their moves from the moment the second joins, and how long the secret contract
    /// has to decide after that.
    uint64 public constant MOVE_TIME_S = 1 hours;
    uint64 public constant DECISION_TIME_S = 1 days;
    /// @notice Gas a winner's own code gets; one that needs more withdraws.
    uint256 public constant PAYMENT_GAS = 10_000;

    /// @notice The only one who may settle.
    address public immutable secretContract;
    /// @notice Open offers by number, before someone joins: one player, no second.
    mapping(uint64 number => Game game) public offers;
    /// @notice Games by id. An id is `moveBeforeS << 64 | number`: the secret contract reads the time out of it.
    mapping(uint256 gameId => Game game) public games;
    /// @notice What could not be sent and waits to be withdrawn, in wei.
    mapping(address player => uint256 amountWei) public owed;
    /// @notice How many games were offered.
    uint64 public count;

    /// @notice Someone looks for an opponent.
    event GameOffered(uint64 indexed number, address indexed first, uint96 betWei);
    /// @notice Both bets are in. @param moveBeforeS unix seconds by which both must have moved
    event GameStarted(uint256 indexed gameId, address indexed first, address indexed second, uint64 moveBeforeS);
    /// @notice The bets were moved. @param winner zero: a draw
    event GameSettled(uint256 indexed gameId, address indexed winner, uint256 potWei);

    /// @notice Thrown for anyone but the secret contract. @param caller who tried
    error NotSecretContract(address caller);
    /// @notice Thrown when the bet is nothing, too much, or not the opponent's.
    error WrongBet(uint256 gotWei, uint256 wantWei);
    /// @notice Thrown for an offer or a game that is not there, or over.
    error NoSuchGame(uint256 id);
    /// @notice Thrown when someone would play against himself.
    error OwnOpponent();
    /// @notice Thrown when the players named are not the game's.
    error WrongPlayers(address first, address second);
    /// @notice Thrown when the winner is no player. @param winner who
    error WrongWinner(address winner);
    /// @notice Thrown when bets are taken back too early. @param fromS unix seconds
    error StillUndecided(uint256 fromS);
    /// @notice Thrown when a withdrawal finds nothing or cannot be sent.
    error NothingSent(address player);

    constructor(address secretContract_) {
        secretContract = secretContract_;
    }

    /// @notice Offers a game for the ETH sent.
    function offer() external payable returns (uint64 number) {
        if (msg.value == 0 || msg.value > type(uint96).max) revert WrongBet(msg.value, 1);
        number = ++count;
        offers[number] = Game(msg.sender, address(0), uint96(msg.value));
        emit GameOffered(number, msg.sender, uint96(msg.value));
    }

    /// @notice Takes an offer nobody took back.
    function cancel(uint64 number) external {
        Game memory game = offers[number];
        if (game.first != msg.sender) revert NoSuchGame(number);
        delete offers[number];
        _pay(game.first, game.betWei);
    }

    /// @notice Joins a game with the same bet; the time for the moves begins.
    function join(uint64 number) external payable returns (uint256 gameId) {
        Game memory game = offers[number];
        if (game.first == address(0)) revert NoSuchGame(number);
        if (game.first == msg.sender) revert OwnOpponent();
        if (msg.value != game.betWei) revert WrongBet(msg.value, game.betWei);
        delete offers[number];
        uint64 moveBeforeS = uint64(block.timestamp) + MOVE_TIME_S;
        gameId = (uint256(moveBeforeS) << 64) | number;
        games[gameId] = Game(game.first, msg.sender, game.betWei);
        emit GameStarted(gameId, game.first, msg.sender, moveBeforeS);
    }

    /// @notice Called by the secret contract's account. @param winner zero: a draw
    function settle(uint256 gameId, address first, address second, address winner) external {
        if (msg.sender != secretContract) revert NotSecretContract(msg.sender);
        Game memory game = games[gameId];
        if (game.betWei == 0) revert NoSuchGame(gameId);
        if (game.first != first || game.second != second) revert WrongPlayers(first, second);
        if (winner != address(0) && winner != first && winner != second) revert WrongWinner(winner);
        _end(gameId, game, winner);
    }

    /// @notice Gives both bets back when no decision came in time.
    function takeBack(uint256 gameId) external {
        Game memory game = games[gameId];
        if (game.betWei == 0) revert NoSuchGame(gameId);
        uint256 fromS = (gameId >> 64) + DECISION_TIME_S;
        if (block.timestamp < fromS) revert StillUndecided(fromS);
        _end(gameId, game, address(0));
    }

    /// @notice Sends what could not be sent before.
    function withdraw() external {
        uint256 amountWei = owed[msg.sender];
        owed[msg.sender] = 0;
        (bool ok,) = msg.sender.call{value: amountWei}("");
        if (amountWei == 0 || !ok) revert NothingSent(msg.sender);
    }

    function _end(uint256 gameId, Game memory game, address winner) private {
        delete games[gameId]; // before any payment: a player's code finds no game
        uint256 potWei = 2 * uint256(game.betWei);
        emit GameSettled(gameId, winner, potWei);
        if (winner != address(0)) return _pay(winner, potWei);
        _pay(game.first, game.betWei);
        _pay(game.second, game.betWei);
    }

    /// One player's code can neither stop nor overcharge the settlement.
    function _pay(address player, uint256 amountWei) private {
        (bool ok,) = player.call{value: amountWei, gas: PAYMENT_GAS}("");
        if (!ok) owed[player] += amountWei;
    }
}
