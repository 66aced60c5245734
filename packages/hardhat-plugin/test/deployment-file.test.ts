import assert from "node:assert/strict"
import path from "node:path"
import { describe, it } from "node:test"
import { pluginErrors } from "../src/errors.ts"
import { deploymentOf } from "../src/network/deployment-file.ts"
import { newProject } from "./support/project.ts"

const deployment = {
  enigmaAddress: `0x${"e1".repeat(20)}`,
  gateways: ["http://127.0.0.1:4000"],
  trust: { devRoot: `0x${"d0".repeat(20)}`, measurements: "chain" as const },
}

describe("a network's deployment", () => {
  it("stands in the configuration, or in a file, alone or among other things", async (t) => {
    const project = await newProject(t)
    await project.write("a.json", JSON.stringify(deployment))
    await project.write("b.json", JSON.stringify({ rpcUrl: "http://x", enigma: deployment }))
    assert.deepEqual(await deploymentOf(deployment, "far"), deployment)
    for (const file of ["a.json", "b.json"])
      assert.deepEqual(await deploymentOf({ deployment: path.join(project.root, file) }, "far"), deployment)
  })

  it("is an error that says what to do when it is not there or not usable", async (t) => {
    const project = await newProject(t)
    await assert.rejects(deploymentOf(undefined, "far"), (error) => pluginErrors.is(error, "NO_ENIGMA"))
    const files = {
      "bad.json": "{",
      "wrong.json": JSON.stringify({ ...deployment, gateways: [] }),
      "big.json": `"${"x".repeat(1 << 21)}"`,
    }
    for (const [file, text] of Object.entries(files)) await project.write(file, text)
    for (const file of [...Object.keys(files), "missing.json"])
      await assert.rejects(
        deploymentOf({ deployment: path.join(project.root, file) }, "far"),
        (error) => pluginErrors.is(error, "BAD_DEPLOYMENT") && error.message.includes(file),
      )
  })
})
