// Answers one JSON line for each JSON line: what a template's call of a function gives with given values.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type question struct {
	// A template whose fields are the entries of Data; what is given to `capture` is the answer's value.
	Template string
	Data     value
	// 3 or 4: whose functions.
	Helm int
	// Instead of a question about a template: the names of all functions.
	Names bool
	// Instead of a template: what a certificate and its key say, or a key alone.
	Certificate, Key, Authority string
}

type answer struct {
	// Base64.
	Output string
	Value  *value
	// What became of the data, for functions that write to their arguments.
	Data  *value
	Error string
	Panic string
	Names []string
}

func functionsOf(helm int) template.FuncMap {
	if helm == 3 {
		return helm3Functions()
	}
	return helm4Functions()
}

func answerTo(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a.Panic = fmt.Sprint(r)
		}
	}()
	if q.Certificate != "" {
		a.Error = describeCertificate(q.Certificate, q.Key, q.Authority)
		return a
	}
	if q.Key != "" {
		a.Error = describeKey(q.Key)
		return a
	}
	functions := functionsOf(q.Helm)
	if q.Names {
		for name := range functions {
			a.Names = append(a.Names, name)
		}
		return a
	}
	functions["capture"] = func(v any) string {
		captured := encode(v)
		a.Value = &captured
		return ""
	}
	parsed, err := template.New("t").Option("missingkey=zero").Funcs(functions).Parse(q.Template)
	if err != nil {
		a.Error = err.Error()
		return a
	}
	data := decode(q.Data)
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		a.Error = err.Error()
		return a
	}
	a.Output = textOf(out.String())
	after := encode(data)
	a.Data = &after
	return a
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(answerTo(q)); err != nil {
			panic(err)
		}
	}
}
