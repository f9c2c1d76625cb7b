// Reads one JSON object a line and answers with what fluxcd/pkg/envsubst makes of it. The newest version that Go 1.26 builds
// is 1.7.0; 1.9.0 differs in negative lengths of substrings alone.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/envsubst"
)

type request struct {
	Text      string            `json:"text"`
	Variables map[string]string `json:"variables"`
	Strict    bool              `json:"strict"`
}

type result struct {
	// Bytes, because a character may be cut.
	Bytes []byte `json:"bytes,omitempty"`
	Error string `json:"error,omitempty"`
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
			r = result{Panic: true, Error: fmt.Sprint(v)}
		}
	}()
	text, err := envsubst.Eval(req.Text, func(name string) (string, bool) {
		value, ok := req.Variables[name]
		return value, ok || !req.Strict
	})
	if err != nil {
		r.Error = err.Error()
		return r
	}
	r.Bytes = []byte(text)
	return r
}
