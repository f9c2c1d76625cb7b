// Answers one JSON line for each JSON line: pushes, pulls and lists artifacts as Flux's own library does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"github.com/fluxcd/pkg/oci"
	"github.com/google/go-containerregistry/pkg/crane"
)

type question struct {
	Do, URL, Path, Source, Revision, Created string
	Ignore                                   []string
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
			result, err = client.Push(ctx, q.URL, q.Path, oci.WithPushMetadata(meta), oci.WithPushIgnorePaths(q.Ignore...))
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
