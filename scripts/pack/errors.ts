import { defineErrors } from "@enigma-discovery/protocol"

export const packErrors = defineErrors("PACK", {
  BUILD_FAILED: "{what} failed (exit code {code}); its output is above. Mend what it names and pack again.",
  NO_DIRECTORY: "Name the directory for the tarballs: npm run pack -- <dir>.",
  BAD_DIRECTORY: "{directory} is not a directory. Name one, or a path where none is yet.",
  BAD_TARBALL: "{package} must not be given away like this: {why}.",
})
