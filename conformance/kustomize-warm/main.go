// Builds kustomizations with upstream's own library in one process and says how long each build took.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type question struct {
	Dir     string `json:"dir"`
	Repeats int    `json:"repeats"`
}

type answer struct {
	Ms    []float64 `json:"ms"`
	Bytes int       `json:"bytes"`
	Error string    `json:"error"`
}

func build(dir string) (int, error) {
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.Reorder = krusty.ReorderOptionLegacy
	objects, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return 0, err
	}
	text, err := objects.AsYaml()
	return len(text), err
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		var told answer
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			told.Error = err.Error()
		}
		for i := 0; i < asked.Repeats && told.Error == ""; i++ {
			start := time.Now()
			size, err := build(asked.Dir)
			told.Ms = append(told.Ms, float64(time.Since(start).Microseconds())/1000)
			told.Bytes = size
			if err != nil {
				told.Error = err.Error()
			}
		}
		_ = out.Encode(told)
	}
}
