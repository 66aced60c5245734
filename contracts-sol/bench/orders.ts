/** EIP-712 type of a relayed order (PROTOCOL §2.6). */
export const ORDER_TYPES = {
  Order: [
    { name: "secretContract", type: "address" },
    { name: "inputsHash", type: "bytes32" },
    { name: "gasLimit", type: "uint64" },
    { name: "gasPriceGrains", type: "uint64" },
    { name: "callbackGas", type: "uint64" },
    { name: "callbackPriceGrains", type: "uint64" },
    { name: "keyEpoch", type: "uint32" },
    { name: "nonce", type: "uint256" },
    { name: "expiryBlock", type: "uint64" },
    { name: "relayerFeeGrains", type: "uint64" },
  ],
}
