/** What contracts import. */
export const LIBRARY = "@enigma-discovery/sdk-as/assembly"
