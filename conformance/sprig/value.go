package main

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"time"

	"github.com/Masterminds/semver/v3"
)

// A Go value as JSON: what it is, and either a scalar (text), bytes (base64), items or entries.
type value struct {
	Kind    string   `json:"kind"`
	Text    string   `json:"text,omitempty"`
	Items   []value  `json:"items,omitempty"`
	Keys    []string `json:"keys,omitempty"`
	Seconds int64    `json:"seconds,omitempty"`
	Nanos   int64    `json:"nanos,omitempty"`
	Offset  int      `json:"offset,omitempty"`
	Zone    string   `json:"zone,omitempty"`
}

func bytesOf(text string) string {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func textOf(data string) string { return base64.StdEncoding.EncodeToString([]byte(data)) }

func integer(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

func decode(v value) any {
	switch v.Kind {
	case "nil":
		return nil
	case "bool":
		return v.Text == "true"
	case "string":
		return bytesOf(v.Text)
	case "int":
		return int(integer(v.Text))
	case "int64":
		return integer(v.Text)
	case "float64":
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			panic(err)
		}
		return f
	case "time.Duration":
		return time.Duration(integer(v.Text))
	case "time.Time":
		return time.Unix(v.Seconds, v.Nanos).UTC()
	case "[]interface {}":
		items := make([]any, len(v.Items))
		for i, item := range v.Items {
			items[i] = decode(item)
		}
		return items
	case "nil []interface {}":
		return []any(nil)
	case "[]string":
		items := make([]string, len(v.Items))
		for i, item := range v.Items {
			items[i] = decode(item).(string)
		}
		return items
	case "[]int":
		items := make([]int, len(v.Items))
		for i, item := range v.Items {
			items[i] = decode(item).(int)
		}
		return items
	case "map[string]interface {}":
		entries := make(map[string]any, len(v.Items))
		for i, item := range v.Items {
			entries[bytesOf(v.Keys[i])] = decode(item)
		}
		return entries
	case "nil map[string]interface {}":
		return map[string]any(nil)
	case "map[string]string":
		entries := make(map[string]string, len(v.Items))
		for i, item := range v.Items {
			entries[bytesOf(v.Keys[i])] = decode(item).(string)
		}
		return entries
	}
	panic("no such kind: " + v.Kind)
}

func encode(v any) value {
	switch v := v.(type) {
	case nil:
		return value{Kind: "nil"}
	case time.Duration:
		return value{Kind: "time.Duration", Text: strconv.FormatInt(int64(v), 10)}
	case time.Time:
		zone, offset := v.Zone()
		return value{Kind: "time.Time", Seconds: v.Unix(), Nanos: int64(v.Nanosecond()), Offset: offset, Zone: zone}
	case *semver.Version:
		if v == nil {
			return value{Kind: "nil *semver.Version"}
		}
		return value{Kind: "*semver.Version", Text: textOf(v.String() + " " + v.Original())}
	}
	rv := reflect.ValueOf(v)
	out := value{Kind: fmt.Sprintf("%T", v)}
	switch rv.Kind() {
	case reflect.Bool:
		out.Text = strconv.FormatBool(rv.Bool())
	case reflect.String:
		out.Text = textOf(rv.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		out.Text = strconv.FormatInt(rv.Int(), 10)
	case reflect.Float64:
		out.Text = strconv.FormatFloat(rv.Float(), 'g', -1, 64)
	case reflect.Slice:
		if rv.IsNil() {
			out.Kind = "nil " + out.Kind
		}
		for i := 0; i < rv.Len(); i++ {
			out.Items = append(out.Items, encode(rv.Index(i).Interface()))
		}
	case reflect.Map:
		if rv.IsNil() {
			out.Kind = "nil " + out.Kind
		}
		keys := rv.MapKeys()
		sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
		for _, key := range keys {
			out.Keys = append(out.Keys, textOf(key.String()))
			out.Items = append(out.Items, encode(rv.MapIndex(key).Interface()))
		}
	default:
		out.Text = textOf(fmt.Sprintf("%v", v))
	}
	return out
}
