import { defineErrors } from "@enigma-discovery/protocol"

export const createErrors = defineErrors("CREATE", {
  NO_DIRECTORY: "Name the directory of the new project: npm run create -- <dir>.",
  BAD_DIRECTORY: "{directory} cannot be a directory here: {why}. Name another one.",
  NOT_EMPTY: "{directory} is not empty: it has {entry}. Name a new directory, or empty this one.",
  IN_REPOSITORY:
    "{directory} lies inside this repository, whose packages would stand in for the packed ones. Name one outside.",
  BAD_NAME:
    "{name} cannot be the name of an npm package. Name the directory in lower-case letters, digits, '-', '.' and '_', at most {max}, beginning with a letter or digit.",
  NO_TARBALL: "{directory} has no {file}. Write it with npm run pack -- {directory}.",
  UNKNOWN_VERSION: "The template asks for the locked version of {package}, which this repository does not lock.",
})
