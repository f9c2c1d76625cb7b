// Answers one JSON line for each JSON line: pushes, pulls and lists artifacts as Flux's own library does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/fluxcd/pkg/oci"
	"github.com/fluxcd/pkg/sourceignore"
	"github.com/google/go-containerregistry/pkg/crane"
)

type question struct {
	Do, URL, Path, Source, Revision, Created string
}

type answer struct {
	Result any
	Error  string
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	client := oci.NewClient([]crane.Option{crane.Insecure})
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		var result any
		var err error
		switch ctx := context.Background(); q.Do {
		case "push":
			meta := oci.Metadata{Created: q.Created, Source: q.Source, Revision: q.Revision}
			// As flux itself has it: cmd/flux/build_artifact.go.
			ignore := strings.Split(sourceignore.ExcludeVCS+","+sourceignore.ExcludeExt, ",")
			result, err = client.Push(ctx, q.URL, q.Path, oci.WithPushMetadata(meta), oci.WithPushIgnorePaths(ignore...))
		case "pull":
			result, err = client.Pull(ctx, q.URL, q.Path)
		case "list":
			result, err = client.List(ctx, q.URL, oci.ListOptions{})
		}
		a := answer{Result: result}
		if err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}
