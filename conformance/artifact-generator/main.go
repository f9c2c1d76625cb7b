// Answers one JSON line for each JSON line with what the libraries that Flux's source-watcher stands on say of patterns and trees:
// doublestar for exclusions and archives, io/fs for copies, Adler-32 over names and checksums for the names of files.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/adler32"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/bmatcuk/doublestar/v4"
)

type question struct {
	Pattern string
	Paths   []string
	Files   map[string]string
	Prefix  string
}

type answer struct {
	// By path of the question; absent where the pattern cannot be read.
	Matches      []bool
	IsMatchError bool
	Glob         []string
	IsGlobError  bool
	Walk         []string
	IsWalkError  bool
	Hash         string
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<22)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		if err := out.Encode(q.answer()); err != nil {
			panic(err)
		}
	}
}

func (q question) answer() answer {
	tree := fstest.MapFS{}
	for path, text := range q.Files {
		tree[path] = &fstest.MapFile{Data: []byte(text)}
	}
	var a answer
	for _, path := range q.Paths {
		matches, err := doublestar.Match(q.Pattern, path)
		a.IsMatchError = a.IsMatchError || err != nil
		a.Matches = append(a.Matches, matches)
	}
	var err error
	a.Glob, err = fs.Glob(tree, q.Pattern)
	a.IsGlobError = err != nil
	a.Walk, err = doublestar.Glob(tree, q.Pattern)
	a.IsWalkError = err != nil
	a.Hash = q.hash()
	return a
}

func (q question) hash() string {
	names := []string{}
	for path := range q.Files {
		names = append(names, q.Prefix+"/"+path)
	}
	slices.Sort(names)
	all := adler32.New()
	for _, name := range names {
		text := q.Files[strings.TrimPrefix(name, q.Prefix+"/")]
		fmt.Fprintf(all, "%x  %s\n", adler32.Checksum([]byte(text)), name)
	}
	return fmt.Sprint(all.Sum32())
}
