/** Scenarios that end otherwise than with the real spark-submit; docs/compatibility.md gives the same reasons. */
export const goldenExceptions: ReadonlyMap<string, string> = new Map([
  ['error-app-template-glob', 'looks for the files that match a pattern, before it uploads them'],
  ['error-s3a-jar', 'looks for a jar on a file system whose client the plain distribution does not have'],
]);
