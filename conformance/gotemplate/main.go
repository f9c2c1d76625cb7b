// Reads one JSON object a line and answers with what text/template or fmt makes of it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"text/template"
)

type request struct {
	// Texts by name in the order of parsing; the last is executed.
	Texts      []named `json:"texts,omitempty"`
	Left       string  `json:"left,omitempty"`
	Right      string  `json:"right,omitempty"`
	MissingKey string  `json:"missingKey,omitempty"`
	Data       *value  `json:"data,omitempty"`
	// Sprintf instead of a template.
	Format []byte   `json:"format,omitempty"`
	Print  string   `json:"print,omitempty"`
	Args   []*value `json:"args,omitempty"`
}

type named struct {
	Name string `json:"name"`
	Text []byte `json:"text"`
}

// A value of the engine with its Go type.
type value struct {
	Type  string            `json:"t"`
	Text  string            `json:"v,omitempty"`
	Bytes []byte            `json:"b,omitempty"`
	List  []*value          `json:"l,omitempty"`
	Map   map[string]*value `json:"m,omitempty"`
}

type result struct {
	Bytes []byte `json:"bytes,omitempty"`
	// Bytes, because a name may be no UTF-8.
	Error []byte `json:"error,omitempty"`
	Panic bool   `json:"panic,omitempty"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var req request
		if err := json.Unmarshal(line, &req); err != nil {
			panic(err)
		}
		if err := out.Encode(respond(req)); err != nil {
			panic(err)
		}
	}
}

func respond(req request) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r = result{Panic: true, Error: fmt.Append(nil, v)}
		}
	}()
	if len(req.Texts) == 0 {
		return print(req)
	}
	t := template.New("set").Delims(req.Left, req.Right).Funcs(functions)
	if req.MissingKey != "" {
		t.Option("missingkey=" + req.MissingKey)
	}
	for _, text := range req.Texts {
		if _, err := t.New(text.Name).Parse(string(text.Text)); err != nil {
			return result{Error: []byte(err.Error())}
		}
	}
	var out bytes.Buffer
	if err := t.ExecuteTemplate(&out, req.Texts[len(req.Texts)-1].Name, decode(req.Data)); err != nil {
		return result{Error: []byte(err.Error())}
	}
	return result{Bytes: out.Bytes()}
}

func print(req request) result {
	args := make([]any, len(req.Args))
	for i, arg := range req.Args {
		args[i] = decode(arg)
	}
	switch req.Print {
	case "print":
		return result{Bytes: fmt.Append(nil, args...)}
	case "println":
		return result{Bytes: fmt.Appendln(nil, args...)}
	}
	return result{Bytes: fmt.Appendf(nil, string(req.Format), args...)}
}

// Thing is a struct with methods.
type Thing struct {
	Name string
	Size int
	Any  any
	Tags map[string]string
}

func (t Thing) Hello(who string) string { return "hello " + who + " from " + t.Name }
func (t Thing) Sum(first int, rest ...int) int64 {
	sum := int64(first)
	for _, n := range rest {
		sum += int64(n)
	}
	return sum
}
func (t Thing) Get() any              { return t.Any }
func (t Thing) Fail() (string, error) { return "", errors.New("it failed") }

// Shown prints itself.
type Shown struct{ Text string }

func (s Shown) String() string { return "<" + s.Text + ">" }

// Values is a named map with methods.
type Values map[string]any

func (v Values) Has(key string) bool { _, ok := v[key]; return ok }

func decode(v *value) any {
	if v == nil {
		return nil
	}
	switch v.Type {
	case "nil":
		return nil
	case "bool":
		return v.Text == "true"
	case "string":
		return string(v.Bytes)
	case "float64":
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil && !math.IsInf(f, 0) {
			panic(err)
		}
		return f
	case "[]uint8":
		return v.Bytes
	case "[]interface {}":
		list := make([]any, len(v.List))
		for i, item := range v.List {
			list[i] = decode(item)
		}
		return list
	case "[]string":
		list := make([]string, len(v.List))
		for i, item := range v.List {
			list[i] = string(item.Bytes)
		}
		return list
	case "[]int":
		list := make([]int, len(v.List))
		for i, item := range v.List {
			list[i] = decode(item).(int)
		}
		return list
	case "map[string]interface {}":
		return decodeMap(v.Map)
	case "main.Values":
		return Values(decodeMap(v.Map))
	case "map[string]string":
		m := map[string]string{}
		for key, item := range v.Map {
			m[key] = string(item.Bytes)
		}
		return m
	case "main.Thing", "*main.Thing":
		t := Thing{Any: decode(v.Map["Any"]), Tags: map[string]string{}}
		t.Name, _ = decode(v.Map["Name"]).(string)
		t.Size, _ = decode(v.Map["Size"]).(int)
		if tags, ok := decode(v.Map["Tags"]).(map[string]string); ok {
			t.Tags = tags
		}
		if v.Type[0] == '*' {
			return &t
		}
		return t
	case "main.Shown":
		return Shown{decode(v.Map["Text"]).(string)}
	}
	return decodeInteger(v.Type, v.Text)
}

func decodeMap(members map[string]*value) map[string]any {
	m := map[string]any{}
	for key, item := range members {
		m[key] = decode(item)
	}
	return m
}

func decodeInteger(kind, text string) any {
	if strings.HasPrefix(kind, "u") {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			panic(err)
		}
		switch kind {
		case "uint":
			return uint(n)
		case "uint8":
			return uint8(n)
		case "uint32":
			return uint32(n)
		default:
			return n
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	switch kind {
	case "int":
		return int(n)
	case "int8":
		return int8(n)
	case "int32":
		return int32(n)
	default:
		return n
	}
}

// Functions with parameters of every type that a template can give.
var functions = template.FuncMap{
	"takeString": func(s string) string { return "s:" + s },
	"takeInt":    func(n int) int { return n + 1 },
	"takeInt64":  func(n int64) int64 { return n * 2 },
	"takeUint8":  func(n uint8) uint8 { return n },
	"takeFloat":  func(f float64) float64 { return f / 2 },
	"takeBool":   func(b bool) bool { return !b },
	"takeMap":    func(m map[string]any) int { return len(m) },
	"takeList":   func(l []any) int { return len(l) },
	"takeTexts":  func(l []string) string { return strings.Join(l, ",") },
	"takeAny":    func(v any) any { return v },
	"typeName":   func(v any) string { return fmt.Sprintf("%T", v) },
	"two":        func(n int, s string) string { return s + strconv.Itoa(n) },
	"list":       func(items ...any) []any { return append([]any{}, items...) },
	"texts":      func(items ...string) []string { return append([]string{}, items...) },
	"ints":       func(items ...int) []int { return append([]int{}, items...) },
	"toBytes":    func(s string) []byte { return []byte(s) },
	"nothing":    func() any { return nil },
	"fail":       func(s string) (string, error) { return "", errors.New(s) },
	"explode":    func(s string) string { panic("exploded: " + s) },
	"dict": func(items ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i+1 < len(items); i += 2 {
			m[fmt.Sprint(items[i])] = items[i+1]
		}
		return m
	},
}
