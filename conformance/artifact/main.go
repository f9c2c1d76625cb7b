// Answers one JSON line for each JSON line: the tar stream that Go writes for entries normalised as Flux's source-controller does.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"time"
)

type entry struct {
	Path       string
	IsDir      bool
	Executable bool
	Content    string
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var entries []entry
		if err := json.Unmarshal(in.Bytes(), &entries); err != nil {
			panic(err)
		}
		var buffer bytes.Buffer
		writer := tar.NewWriter(&buffer)
		for _, e := range entries {
			header := &tar.Header{Name: e.Path, Typeflag: tar.TypeReg, Mode: 0o600, Size: int64(len(e.Content)), ModTime: time.Time{}}
			if e.Executable {
				header.Mode = 0o700
			}
			if e.IsDir {
				header.Typeflag, header.Mode, header.Size = tar.TypeDir, 0o750, 0
			}
			if err := writer.WriteHeader(header); err != nil {
				panic(err)
			}
			if !e.IsDir {
				if _, err := writer.Write([]byte(e.Content)); err != nil {
					panic(err)
				}
			}
		}
		if err := writer.Close(); err != nil {
			panic(err)
		}
		if err := out.Encode(base64.StdEncoding.EncodeToString(buffer.Bytes())); err != nil {
			panic(err)
		}
	}
}
