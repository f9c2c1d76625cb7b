// Reads URLs of repositories with upstream's own parser: one JSON string a line in, one JSON object a line out.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"

	"sigs.k8s.io/kustomize/api/internal/git"
)

type answer struct {
	Repository string `json:"repository"`
	Path       string `json:"path"`
	Ref        string `json:"ref"`
	TimeoutMs  int64  `json:"timeoutMs"`
	Submodules bool   `json:"submodules"`
}

func main() {
	log.SetOutput(io.Discard)
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var url string
		var told *answer
		if err := json.Unmarshal(lines.Bytes(), &url); err == nil {
			if spec, err := git.NewRepoSpecFromURL(url); err == nil {
				told = &answer{
					Repository: spec.CloneSpec(),
					Path:       spec.KustRootPath,
					Ref:        spec.Ref,
					TimeoutMs:  spec.Timeout.Milliseconds(),
					Submodules: spec.Submodules,
				}
			}
		}
		_ = out.Encode(told)
	}
}
