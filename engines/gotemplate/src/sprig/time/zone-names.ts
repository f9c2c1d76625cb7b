/**
 * Abbreviations of zones in the IANA database for which Intl has none, or one of its own, as of 2024. Source: what Go's time package
 * prints for each zone that Intl knows.
 */

const hour = 3_600;
type ByOffset = Readonly<Record<number, string>>;

const centralAfrica: ByOffset = { [hour]: "WAT", [2 * hour]: "CAT", [3 * hour]: "EAT" };
const moscow: ByOffset = { [3 * hour]: "MSK", [4 * hour]: "MSD" };
const ireland: ByOffset = { 0: "GMT", [hour]: "IST" };
const britain: ByOffset = { 0: "GMT", [hour]: "BST" };
const mountain: ByOffset = { [-7 * hour]: "MST", [-6 * hour]: "MDT" };
const samoa: ByOffset = { [-11 * hour]: "SST" };
const guam: ByOffset = { [10 * hour]: "ChST" };
const china: ByOffset = { [8 * hour]: "CST", [9 * hour]: "CDT" };
const korea: ByOffset = { [9 * hour]: "KST" };
const israel: ByOffset = { [2 * hour]: "IST", [3 * hour]: "IDT" };
const india: ByOffset = { [5.5 * hour]: "IST" };
const westIndonesia: ByOffset = { [7 * hour]: "WIB" };
const hawaii: ByOffset = { [-10 * hour]: "HST", [-9 * hour]: "HDT" };
/** The database has offsets for names here. */
const numeric: ByOffset = {};

const zones: Readonly<Record<string, ByOffset>> = {
  "Africa/Cairo": { [2 * hour]: "EET", [3 * hour]: "EEST" },
  "Africa/Casablanca": numeric,
  "Africa/El_Aaiun": numeric,
  "Africa/Johannesburg": { [2 * hour]: "SAST" },
  "Africa/Maseru": { [2 * hour]: "SAST" },
  "Africa/Mbabane": { [2 * hour]: "SAST" },
  "America/Adak": hawaii,
  "America/Dawson": mountain,
  "America/Havana": { [-5 * hour]: "CST", [-4 * hour]: "CDT" },
  "America/Hermosillo": mountain,
  "America/Mazatlan": mountain,
  "America/Miquelon": numeric,
  "America/Whitehorse": mountain,
  "Antarctica/Casey": numeric,
  "Antarctica/Troll": numeric,
  "Asia/Calcutta": india,
  "Asia/Dubai": numeric,
  "Asia/Hong_Kong": { [8 * hour]: "HKT", [9 * hour]: "HKST" },
  "Asia/Jakarta": westIndonesia,
  "Asia/Jayapura": { [9 * hour]: "WIT" },
  "Asia/Jerusalem": israel,
  "Asia/Karachi": { [5 * hour]: "PKT", [6 * hour]: "PKST" },
  "Asia/Kolkata": india,
  "Asia/Macau": china,
  "Asia/Makassar": { [8 * hour]: "WITA" },
  "Asia/Manila": { [8 * hour]: "PST", [9 * hour]: "PDT" },
  "Asia/Muscat": numeric,
  "Asia/Pontianak": westIndonesia,
  "Asia/Pyongyang": korea,
  "Asia/Seoul": { [9 * hour]: "KST", [10 * hour]: "KDT" },
  "Asia/Shanghai": china,
  "Asia/Taipei": china,
  "Asia/Tel_Aviv": israel,
  "Asia/Tokyo": { [9 * hour]: "JST", [10 * hour]: "JDT" },
  "Australia/Eucla": numeric,
  "Australia/Lord_Howe": numeric,
  "Europe/Dublin": ireland,
  "Europe/Guernsey": britain,
  "Europe/Isle_of_Man": britain,
  "Europe/Jersey": britain,
  "Europe/Kirov": moscow,
  "Europe/Moscow": moscow,
  "Europe/Simferopol": moscow,
  "Europe/Volgograd": moscow,
  "Indian/Antananarivo": centralAfrica,
  "Indian/Comoro": centralAfrica,
  "Indian/Mayotte": centralAfrica,
  "Pacific/Chatham": numeric,
  "Pacific/Guam": guam,
  "Pacific/Honolulu": hawaii,
  "Pacific/Midway": samoa,
  "Pacific/Pago_Pago": samoa,
  "Pacific/Saipan": guam,
};

/** The name of an offset (seconds east) in a zone: "" where the offset itself is its name, undefined where Intl may know one. */
export function zoneNameOf(zone: string, offset: number): string | undefined {
  const names = Object.hasOwn(zones, zone) ? zones[zone] : undefined;
  if (names !== undefined) return names[offset] ?? "";
  return undefined;
}

/** For zones of Africa that have no name in Intl either. */
export function africanName(zone: string, offset: number): string | undefined {
  return zone.startsWith("Africa/") ? centralAfrica[offset] : undefined;
}
