/** What cannot be compared, and what is known to differ. */

/** Functions whose results hang on chance or the time, or that the renderer of a chart gives. */
export const unrepeatable: ReadonlySet<string> = new Set([
  "now", "ago", "randAlphaNum", "randAlpha", "randNumeric", "randAscii", "randBytes", "randInt", "shuffle", "uuidv4", "bcrypt", "htpasswd",
  "encryptAES", "genPrivateKey", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert",
  "genSignedCertWithKey", "include", "tpl", "required", "lookup", "getHostByName", "keys", "values",
]);

/** Why two outcomes may differ, or undefined. */
export function knownDifference(template: string, theirs: string | undefined, ours: string | undefined): string | undefined {
  const isAbout = (...names: string[]): boolean => names.some((name) => template.includes(`(${name} `));
  if (theirs !== undefined && ours !== undefined && theirs.includes("ParseAddr")) return "an address's error is worded shorter";
  if (isAbout("fromYaml", "fromYamlArray")) return "go-yaml shows the value of a key that it refuses";
  return undefined;
}
