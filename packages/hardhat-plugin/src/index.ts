/** Hardhat 3 plugin: secret contracts compiled by `hardhat build`, and `connection.enigma` in tests and scripts. */
import { overrideTask } from "hardhat/config"
import { definePlugin } from "hardhat/plugins"
import type { HardhatPlugin } from "hardhat/types/plugins"
import { enigmaTasks } from "./tasks/index.ts"

export type * from "./matchers/types.ts"
export type * from "./type-extensions.ts"
export type * from "./types.ts"

const plugin: HardhatPlugin = definePlugin({
  id: "enigma",
  npmPackage: "@enigma-discovery/hardhat-plugin",
  dependencies: () => [import("@nomicfoundation/hardhat-ethers")],
  hookHandlers: {
    config: () => import("./hooks/config.ts"),
    network: () => import("./hooks/network.ts"),
    clean: () => import("./hooks/clean.ts"),
    test: () => import("./hooks/test.ts"),
  },
  tasks: [
    overrideTask("build")
      .setAction(() => import("./tasks/build.ts"))
      .build(),
    ...enigmaTasks,
  ],
})

export default plugin
