export { abi, Bytes } from "./abi"
export { block, self, task } from "./context"
export { crypto, random } from "./crypto"
export { EthereumContract, ethereum } from "./ethereum"
export { emit } from "./events"
export { require, revert } from "./revert"
export { Cursor, List, Mapping, Mapping2, Value } from "./storage"
export {
  u72, u80, u88, u96, u104, u112, u120, u128, u136, u144, u152, u160, u168, u176, u184, u192, u200, u208, u216, u224, u232,
  u240, u248,
} from "./sized"
export { u256 } from "./u256"
export { Address, Hash } from "./word"
