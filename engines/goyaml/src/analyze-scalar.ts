import {
  COLON,
  DASH,
  HASH,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isFlowIndicator,
  isPrintable,
  QUESTION,
  SPACE,
  TAB,
} from "./chars.ts";

/** In which forms a text can be written. */
export interface ScalarAnalysis {
  multiline: boolean;
  flowPlain: boolean;
  blockPlain: boolean;
  single: boolean;
  block: boolean;
}

const empty: ScalarAnalysis = { multiline: false, flowPlain: false, blockPlain: true, single: true, block: false };
const anything: ScalarAnalysis = { multiline: false, flowPlain: true, blockPlain: true, single: true, block: true };
const startIndicators: ReadonlySet<number> = new Set(Array.from("#,[]{}&*!|>'\"%@`", (char) => char.charCodeAt(0)));
const harmless = /^[A-Za-z0-9_/.$(=+~;\\^<][A-Za-z0-9_/.$()=+~;\\^<>@%&*!|'"`-]*$/;

/** Finds out in which forms go-yaml's emitters would write a text. v2 escapes tabs wherever they stand. */
export function analyzeScalar(value: string, version: 2 | 3): ScalarAnalysis {
  if (value === "") return empty;
  if (harmless.test(value) && !value.startsWith("...")) return anything;
  const found = new Findings(value.startsWith("---") || value.startsWith("..."));
  found.read(value, version);
  return found.conclude(value);
}

class Findings {
  private flowIndicators: boolean;
  private blockIndicators: boolean;
  private breaks = false;
  private special = false;
  private tabs = false;
  private spaceBreak = false;
  private breakSpace = false;

  constructor(isDocumentIndicator: boolean) {
    this.flowIndicators = this.blockIndicators = isDocumentIndicator;
  }

  read(value: string, version: 2 | 3): void {
    let previous = 0;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      this.readIndicator(code, index === 0, isFollowedByBlank(value, index), index === 0 || isBlankOrEnd(previous));
      if (code === TAB && version === 3) this.tabs = true;
      else if (!isPrintable(code)) this.special = true;
      if (code === SPACE) this.breakSpace ||= index > 0 && isBreak(previous);
      else if (isBreak(code)) {
        this.breaks = true;
        this.spaceBreak ||= previous === SPACE;
      }
      previous = code;
    }
  }

  conclude(value: string): ScalarAnalysis {
    const first = value.charCodeAt(0);
    const last = value.charCodeAt(value.length - 1);
    const trailingSpace = last === SPACE;
    const edges = first === SPACE || isBreak(first) || trailingSpace || isBreak(last);
    const single = !this.breakSpace && !this.spaceBreak && !this.tabs && !this.special;
    const plain = single && !edges && !this.breaks;
    return {
      multiline: this.breaks,
      flowPlain: plain && !this.flowIndicators,
      blockPlain: plain && !this.blockIndicators,
      single,
      block: !trailingSpace && !this.spaceBreak && !this.special,
    };
  }

  private readIndicator(code: number, first: boolean, beforeBlank: boolean, afterBlank: boolean): void {
    if (first && startIndicators.has(code)) this.flowIndicators = this.blockIndicators = true;
    else if (code === COLON || (first && (code === QUESTION || (code === DASH && beforeBlank)))) {
      this.flowIndicators = true;
      this.blockIndicators ||= beforeBlank;
    } else if (code === HASH && afterBlank) this.flowIndicators = this.blockIndicators = true;
    else if (isFlowIndicator(code)) this.flowIndicators = true;
  }
}

function isFollowedByBlank(value: string, index: number): boolean {
  return index + 1 >= value.length || isBlank(value.charCodeAt(index + 1));
}
