/** What cannot be compared, and what is known to differ. */

/** Functions whose results hang on chance or the time, or that the renderer of a chart gives. */
export const unrepeatable: ReadonlySet<string> = new Set([
  "now",
  "ago",
  "randAlphaNum",
  "randAlpha",
  "randNumeric",
  "randAscii",
  "randBytes",
  "randInt",
  "shuffle",
  "uuidv4",
  "bcrypt",
  "htpasswd",
  "encryptAES",
  "genPrivateKey",
  "genCA",
  "genCAWithKey",
  "genSelfSignedCert",
  "genSelfSignedCertWithKey",
  "genSignedCert",
  "genSignedCertWithKey",
  "include",
  "tpl",
  "required",
  "lookup",
  "getHostByName",
  "keys",
  "values",
]);

/** Functions that no arguments let succeed. */
export const neverSucceeding: ReadonlySet<string> = new Set(["fail"]);

/** What is printed, or the error. */
export interface Texts {
  readonly output?: string;
  readonly error?: string;
}

function sortedLines({ output = "" }: Texts): string {
  return output
    .split("\n")
    .map((line) => line.replace(/^[- ]+/, ""))
    .sort()
    .join("\n");
}

/** Two outcomes that are not equal. */
export interface Difference {
  readonly template: string;
  /** The arguments, and what upstream answered, for a reader. */
  readonly data: string;
  readonly said: string;
  readonly theirs: Texts;
  readonly ours: Texts;
}

/** Why two outcomes may differ, or undefined. */
export function knownDifference({ template, data, said, theirs, ours }: Difference): string | undefined {
  const isAbout = (...names: string[]): boolean => names.some((name) => template.includes(`(${name} `));
  if (ours.error !== undefined && theirs.error?.includes("ParseAddr") === true)
    return "an address's error is worded shorter";
  if (ours.error?.includes("x509: malformed certificate") === true && theirs.error?.includes("x509: ") === true)
    return "what is wrong inside of a certificate has one wording";
  if (ours.error?.includes("invalid character class range: `\\p") === true) {
    return "Go 1.26 takes names of Unicode classes in any case";
  }
  if (/toYaml/.test(template) && sortedLines(theirs) === sortedLines(ours)) {
    return "go-yaml's order of keys contradicts itself, and begins with a map's order, which is none";
  }
  const isInvalid = /\\udc[89a-f]/.test(data);
  if (
    isInvalid &&
    isAbout("split", "splitn", "splitList", "contains", "replace", "hasPrefix", "hasSuffix", "trimPrefix", "trimSuffix")
  ) {
    return "single bytes are not looked for in the midst of a character";
  }
  if (isInvalid && isAbout("semverCompare")) return "bytes that are no text are quoted otherwise";
  if (isInvalid && isAbout("snakecase", "kebabcase"))
    return "bytes that are no text make no word of their own upstream";
  if (isAbout("semver") && template.includes("deepCopy")) return "upstream's copy of a version is 0.0.0";
  if (isAbout("slice", "mustSlice") && template.includes("sortAlpha"))
    return "upstream sorts what the slice was cut from, too";
  if (isAbout("date", "dateInZone", "date_in_zone", "htmlDate", "htmlDateInZone") && /[0-9]{19}/.test(data)) {
    return "Go's seconds overflow beyond the year 292277026596";
  }
  if (isAbout("fromYaml", "fromYamlArray") && said.includes(" map key")) {
    return "go-yaml shows the value of a key that it refuses";
  }
  return undefined;
}
