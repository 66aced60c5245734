/// <reference types="assemblyscript/std/types/assembly/index.d.ts" />

/** The class that is the contract. */
declare function contract(target: new (...args: never[]) => object): void
/** A Solidity contract that this one calls: its methods have empty bodies, which the compiler fills in. */
declare function ethereum(target: new (...args: never[]) => object): void
/** Runs once, at deployment. */
declare function construct(target: object, name: string): void
/** Users may call it as a task. */
declare function call(target: object, name: string): void
/** As `@call`, and it changes nothing: also for queries. */
declare function view(target: object, name: string): void
/** May be sent ETH or tokens: `task.token()`, `task.amount()`. */
declare function payable(target: object, name: string): void
/** Emits an event to the sender of the task: an empty body, which the compiler fills in. */
declare function event(target: object, name: string): void
/** Reverts with a custom error: an empty body, which the compiler fills in. */
declare function error(target: object, name: string): void
/** A variable of the state whose entries everyone can read. */
declare function publicState(target: object, name: string): void
