/** Version of this package, as gateways tell it. A test holds it to package.json. */
export const NODE_VERSION = "0.1.0"
