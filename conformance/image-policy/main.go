// Answers one JSON line for each JSON line: which tag a policy selects, made of the libraries that image-reflector-controller,
// Flux v1 and Keel are made of: Masterminds/semver, fluxcd/pkg/version, go-glob, and Go's regexp, sort and strconv.
package main

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"regexp"
	"runtime/debug"
	"sort"
	"strconv"

	"github.com/Masterminds/semver/v3"
	"github.com/fluxcd/pkg/version"
	"github.com/ryanuber/go-glob"
)

type question struct {
	Form, Range, Order, Pattern, Extract, Glob string
	Filtered                                   bool
	Tags                                       []string
}

type answer struct {
	// Outcome is selected, no-tags, none-accepted, not-a-number or invalid.
	Outcome, Tag, Error string
	Globs               []bool
}

func descending(texts []string) []string {
	sort.Sort(sort.Reverse(sort.StringSlice(texts)))
	return texts
}

// What is compared, in an order that does not depend on a map: upstream goes through its map as it comes.
func candidates(q question) (keys []string, original map[string]string, err error) {
	original = map[string]string{}
	tags := descending(append([]string{}, q.Tags...))
	if !q.Filtered {
		for _, tag := range tags {
			original[tag] = tag
		}
		return tags, original, nil
	}
	compiled, err := regexp.Compile(q.Pattern)
	if err != nil {
		return nil, nil, err
	}
	for _, tag := range tags {
		match := compiled.FindStringSubmatchIndex(tag)
		if len(match) == 0 {
			continue
		}
		key := tag
		if q.Extract != "" {
			key = string(compiled.ExpandString(nil, q.Extract, tag, match))
		}
		original[key] = tag
	}
	for key := range original {
		keys = append(keys, key)
	}
	return descending(keys), original, nil
}

func latest(q question, keys []string, constraint *semver.Constraints) (string, string) {
	switch q.Form {
	case "semver":
		var best *semver.Version
		for _, key := range keys {
			v, err := version.ParseVersion(key)
			if err == nil && constraint.Check(v) && (best == nil || v.GreaterThan(best)) {
				best = v
			}
		}
		if best == nil {
			return "", "none-accepted"
		}
		return best.Original(), ""
	case "alphabetical":
		if q.Order == "desc" {
			return keys[len(keys)-1], ""
		}
		return keys[0], ""
	}
	var chosen string
	var value float64
	for i, key := range keys {
		number, err := strconv.ParseFloat(key, 64)
		if err != nil || math.IsNaN(number) {
			return "", "not-a-number"
		}
		if i > 0 && (q.Order == "asc" && number < value || q.Order == "desc" && number > value) {
			continue
		}
		chosen, value = key, number
	}
	return chosen, ""
}

func answerTo(q question) answer {
	a := answer{Globs: []bool{}}
	for _, tag := range q.Tags {
		a.Globs = append(a.Globs, glob.Glob(q.Glob, tag))
	}
	var constraint *semver.Constraints
	if q.Form == "semver" {
		read, err := semver.NewConstraint(q.Range)
		if err != nil {
			a.Outcome, a.Error = "invalid", "invalid policy: "+err.Error()
			return a
		}
		constraint = read
	}
	keys, original, err := candidates(q)
	if err != nil {
		a.Outcome, a.Error = "invalid", "failed to filter tags: invalid regular expression pattern '"+q.Pattern+"': "+err.Error()
		return a
	}
	if len(keys) == 0 {
		a.Outcome = "no-tags"
		return a
	}
	key, failure := latest(q, keys, constraint)
	if failure != "" {
		a.Outcome = failure
		return a
	}
	a.Outcome, a.Tag = "selected", original[key]
	return a
}

func main() {
	debug.SetMemoryLimit(512 << 20)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<20)
	out := json.NewEncoder(os.Stdout)
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
