import type { Row } from "./row.ts";

/** Functions that read and write JSON, YAML and TOML: what the real Helm 4.3.1 prints for each. */
export const formatFunctionsRows: readonly Row[] = [
  ["toJson", "{{ toJson (dict \"b\" \"<&>\\u2028\" \"a\" (list 1 2.0 1e21 1e-7 nil)) }}", "{\"a\":[1,2,1e+21,1e-7,null],\"b\":\"\\u003c\\u0026\\u003e\\u2028\"}"],
  ["toPrettyJson", "{{ toPrettyJson (dict \"a\" (list 1 (dict)) \"b\" (list)) }}", "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}"],
  ["toRawJson", "{{ toRawJson (dict \"a\" \"<&>\") }}", "{\"a\":\"<&>\"}"],
  ["mustToJson", "{{ mustToJson (list 1) }}", "[1]"],
  ["mustToPrettyJson", "{{ mustToPrettyJson (list 1) }}", "[\n  1\n]"],
  ["mustToRawJson", "{{ mustToRawJson (list \"<\") }}", "[\"<\"]"],
  ["fromJson", "{{ fromJson \"{\\\"a\\\": 1}\" }} {{ fromJson \"[1]\" }} {{ fromJson \"{\" }} {{ fromJson \"null\" | toJson }}", "map[a:1] map[Error:json: cannot unmarshal array into Go value of type map[string]interface {}] map[Error:unexpected end of JSON input] null"],
  ["fromJsonArray", "{{ fromJsonArray \"[1, \\\"a\\\"]\" }} {{ fromJsonArray \"{}\" }}", "[1 a] [json: cannot unmarshal object into Go value of type []interface {}]"],
  ["mustFromJson", "{{ mustFromJson \"[1, 12345678]\" }}", "[1 1.2345678e+07]"],
  ["toYaml", "{{ toYaml (dict \"b\" (list 1 2.5 12345678.0) \"a10\" \"yes\" \"a9\" (dict) \"_\" nil) }}", "_: null\na9: {}\na10: \"yes\"\nb:\n- 1\n- 2.5\n- 12345678"],
  ["mustToYaml", "{{ mustToYaml (dict \"a\" 1) }}", "a: 1"],
  ["toYamlPretty", "{{ toYamlPretty (dict \"b\" (list 1 (dict \"x\" 1e6)) \"a\" \"yes\") }}", "a: \"yes\"\nb:\n  - 1\n  - x: 1e+06"],
  ["fromYaml", "{{ fromYaml \"a: 1\\nn: yes\\no: 0755\" | toJson }} {{ fromYaml \"- 1\" | toJson }} {{ fromYaml \"a: [\" | toJson }} {{ fromYaml \"\" | toJson }}", "{\"a\":1,\"false\":true,\"o\":493} {\"Error\":\"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}\"} {\"Error\":\"error converting YAML to JSON: yaml: line 1: did not find expected node content\"} {}"],
  ["fromYamlArray", "{{ fromYamlArray \"- 1\\n- a\" }} {{ fromYamlArray \"a: 1\" }}", "[1 a] [error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go value of type []interface {}]"],
  ["toToml", "{{ toToml (dict \"b\" (dict \"c\" 1.0 \"d\" (list 1 \"x\")) \"a\" \"q\\\"\" \"t\" (list (dict \"n\" 1) (dict \"n\" 2))) }}", "a = \"q\\\"\"\n\n[b]\n  c = 1.0\n  d = [1, \"x\"]\n\n[[t]]\n  n = 1\n\n[[t]]\n  n = 2\n"],
  ["mustToToml", "{{ mustToToml (dict \"a\" true) }}", "a = true\n"],
  ["fromToml", "{{ fromToml \"a = 1\\n[t]\\nb = [1.5, 'x']\\n[[l]]\\nd = 2024-02-29\" | toJson }} {{ fromToml \"a = \" | toJson }}", "{\"a\":1,\"l\":[{\"d\":\"2024-02-29T00:00:00Z\"}],\"t\":{\"b\":[1.5,\"x\"]}} {\"Error\":\"toml: line 1 (last key \\\"a\\\"): unexpected EOF; expected value\"}"],
];
