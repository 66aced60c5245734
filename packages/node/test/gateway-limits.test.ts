import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { clientOf, createPool } from "../src/rpc/limits.ts"

describe("gateway pool", () => {
  it("gives what it has, to one caller at most its share, and takes each piece back once", () => {
    const pool = createPool(4, 3)
    const first = pool.take("a", 2)
    assert.ok(first !== undefined)
    assert.equal(pool.take("a", 2), undefined, "a's share")
    const second = pool.take("a")
    assert.ok(pool.take("b") !== undefined)
    assert.equal(pool.take("b"), undefined, "all of it")
    first()
    first()
    assert.ok(pool.take("b", 2) !== undefined)
    assert.equal(pool.take("c"), undefined, "given back twice, there once")
    second?.()
    assert.ok(pool.take("c") !== undefined)
  })
})

describe("caller's address", () => {
  it("is an IPv4 address, mapped or not, or the /64 of an IPv6 one", () => {
    assert.equal(clientOf("10.1.2.3"), "10.1.2.3")
    assert.equal(clientOf("::ffff:10.1.2.3"), "10.1.2.3")
    assert.equal(clientOf("2001:db8:1:2:aaaa::1"), clientOf("2001:db8:1:2::ffff"))
    assert.equal(clientOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2")
    assert.notEqual(clientOf("2001:db8:1:2::1"), clientOf("2001:db8:1:3::1"))
    assert.equal(clientOf("::1"), "0:0:0:0")
    assert.equal(clientOf(undefined), "")
  })
})
