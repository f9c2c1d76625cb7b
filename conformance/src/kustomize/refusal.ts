/** What is only worded otherwise in two refusals, and why. The first lines are upstream's, the rest both sides'. */
const wordings: readonly { pattern: RegExp; instead: string; why: string }[] = [
  { pattern: /^[^]*?Error: /, instead: "", why: "warnings come first, and the command's own word" },
  {
    pattern: /^[^]*(?:recursed accumulation of|recursed merging from) path '[^']*': /,
    instead: "",
    why: "upstream says at each base that it is no file",
  },
  { pattern: /\\"/g, instead: '"', why: "a component's reason is quoted" },
  { pattern: /"$/, instead: "", why: "a component's reason is quoted" },
  { pattern: /^apply the JSON patch of "[^"]*" to \S+: /, instead: "", why: "ours names the patch and its target" },
  {
    pattern: /^no resource matches strategic merge patch "[^"]*": /,
    instead: "",
    why: "upstream says it of one of its two transformers",
  },
  {
    pattern: /merging from generator .*?: id .*?does not exist/,
    instead: "merging from generator: does not exist",
    why: "upstream prints Go values",
  },
  { pattern: /::\(\d\), create=(?:false|true)$/, instead: "", why: "upstream prints Go values" },
  { pattern: /^merging vars \[.*?\]: /, instead: "", why: "upstream prints Go values" },
  { pattern: /var '\{(\w+) [^']*\}'/, instead: "var '$1'", why: "upstream prints Go values" },
  { pattern: /(not found in corresponding resource): ".*$/, instead: "$1", why: "ours names the field once more" },
  {
    pattern: /(produces ID conflict): [^]*$/,
    instead: "$1",
    why: "upstream prints all objects, ours the one",
  },
  { pattern: /: node contents:\n[^]*$/, instead: "", why: "upstream prints the node" },
  {
    pattern: /(considering field '[^']*' of object) \S+: /,
    instead: "$1: ",
    why: "upstream prints the whole identity",
  },
  {
    pattern: /(?:doc )?is missing (?:from |destination )?path: "?([^\s":]+)"?/,
    instead: "is missing path: $1",
    why: "each operation of upstream's library words it otherwise",
  },
  { pattern: /error in move for path: '[^']*'/, instead: "error in move", why: "upstream names the last part" },
];

/** Why a build was refused, without what each side words its own way. */
export function reasonOf(refusal: string): string {
  const reason = wordings.reduce((text, { pattern, instead }) => text.replace(pattern, instead), refusal.trim());
  return reason.trim();
}

/** Undefined where both refuse for one reason. */
export function refusalDifference(ours: string, theirs: string): string | undefined {
  const [left, right] = [reasonOf(ours), reasonOf(theirs)];
  return left === right ? undefined : `refused with ${left.slice(-300)}, upstream ${right.slice(-300)}`;
}

/** Longer words are cut in the corpus. */
const keptLength = 300;
const missing = /(?:evalsymlink failure on|must build at directory:) '\/?([^']+)' ?: (?:lstat \S+: )?no such file/;
const outside = /security; file '\/?([^']+)' is not in or below/;

/** Which file is missing or outside, however that is told; else the reason. */
function causeOf(refusal: string): string {
  for (const [what, pattern] of Object.entries({ missing, outside })) {
    const file = pattern.exec(refusal)?.[1];
    if (file !== undefined) return `${what} ${file}`;
  }
  return reasonOf(refusal);
}

/** How our refusal stands to the beginning of upstream's, which is what the corpus keeps. */
export function compareWithKept(
  ours: string,
  kept: string,
): "same" | "the corpus keeps too little of upstream's words" | { differs: string } {
  const [left, right] = [causeOf(ours), causeOf(kept)];
  if (left === right) return "same";
  // The first line may end where a text of several lines begins.
  if (kept.length >= keptLength || kept.endsWith("`")) return "the corpus keeps too little of upstream's words";
  return { differs: `refused with ${left.slice(-300)}, upstream ${right}` };
}
