// Reads one JSON object {"files": …, "policies": …} a line and answers with what upstream's setters make of the files, one JSON
// object a line. The module has its name because what it asks is internal to upstream's.
package main

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fluxcd/image-automation-controller/internal/update"
	reflectorv1 "github.com/fluxcd/image-reflector-controller/api/v1"
)

type policy struct {
	Namespace string `json:"namespace"`
	Policy    string `json:"policy"`
	Name      string `json:"name"`
	Tag       string `json:"tag"`
	Digest    string `json:"digest"`
}

type request struct {
	Files    map[string]string `json:"files"`
	Policies []policy          `json:"policies"`
}

type change struct {
	File       string `json:"file"`
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace"`
	Old        string `json:"old"`
	New        string `json:"new"`
	Setter     string `json:"setter"`
}

type result struct {
	// Files that are not as they were.
	Files   map[string]string `json:"files"`
	Changes []change          `json:"changes"`
	Error   string            `json:"error,omitempty"`
}

func main() {
	debug.SetMemoryLimit(1 << 30)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var req request
		if err := json.Unmarshal(line, &req); err != nil {
			panic(err)
		}
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(respond(req)); err != nil {
			panic(err)
		}
		out.Flush()
	}
}

func respond(req request) (r result) {
	dir, err := os.MkdirTemp("", "source-edit-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range req.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			panic(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			panic(err)
		}
	}
	defer func() {
		if p := recover(); p != nil {
			r.Error = "panic"
		}
	}()
	made, err := update.UpdateWithSetters(logr.Discard(), dir, dir, policiesOf(req))
	if err != nil {
		r.Error = err.Error()
		return r
	}
	r.Files = changedFiles(dir, req.Files)
	for file, objects := range made.FileChanges {
		for object, changes := range objects {
			for _, c := range changes {
				r.Changes = append(r.Changes, change{file, object.APIVersion, object.Kind, object.Name, object.Namespace, c.OldValue, c.NewValue, c.Setter})
			}
		}
	}
	return r
}

func policiesOf(req request) []reflectorv1.ImagePolicy {
	var policies []reflectorv1.ImagePolicy
	for _, p := range req.Policies {
		policies = append(policies, reflectorv1.ImagePolicy{
			ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: p.Policy},
			Status:     reflectorv1.ImagePolicyStatus{LatestRef: &reflectorv1.ImageRef{Name: p.Name, Tag: p.Tag, Digest: p.Digest}},
		})
	}
	return policies
}

func changedFiles(dir string, before map[string]string) map[string]string {
	changed := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); before[name] != string(text) {
			changed[name] = string(text)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return changed
}
