// Answers one JSON line for each JSON line: which paths go-git's matcher excludes.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

type question struct {
	Lines  []string
	Domain []string
	Paths  []struct {
		Path  string
		IsDir bool
	}
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		var patterns []gitignore.Pattern
		for _, line := range q.Lines {
			patterns = append(patterns, gitignore.ParsePattern(line, q.Domain))
		}
		matcher := gitignore.NewMatcher(patterns)
		answers := []bool{}
		for _, path := range q.Paths {
			answers = append(answers, matcher.Match(strings.Split(path.Path, "/"), path.IsDir))
		}
		if err := out.Encode(answers); err != nil {
			panic(err)
		}
	}
}
