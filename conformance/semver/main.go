// Answers one JSON line for each JSON line: what Masterminds/semver makes of versions and a range.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/Masterminds/semver/v3"
)

type question struct {
	Versions []string
	Range    string
}

type reading struct {
	Loose, Strict string
	Checked       bool
	Order         int
	Reasons       []string
}

type answer struct {
	RangeError string
	RangeText  string
	Readings   []reading
}

func text(v *semver.Version, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	return v.String()
}

func answerTo(q question) answer {
	var a answer
	constraint, err := semver.NewConstraint(q.Range)
	if err != nil {
		a.RangeError = err.Error()
	} else {
		a.RangeText = constraint.String()
	}
	var first *semver.Version
	for _, raw := range q.Versions {
		loose, looseErr := semver.NewVersion(raw)
		strict, strictErr := semver.StrictNewVersion(raw)
		r := reading{Loose: text(loose, looseErr), Strict: text(strict, strictErr)}
		if looseErr == nil {
			if first == nil {
				first = loose
			}
			r.Order = loose.Compare(first)
			if err == nil {
				r.Checked = constraint.Check(loose)
				_, reasons := constraint.Validate(loose)
				for _, reason := range reasons {
					r.Reasons = append(r.Reasons, reason.Error())
				}
			}
		}
		a.Readings = append(a.Readings, r)
	}
	return a
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
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
