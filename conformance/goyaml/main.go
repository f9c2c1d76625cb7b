// Reads one JSON object {"text": …} a line and answers with what go-yaml makes of the text, one JSON object a line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
	k8s "k8s.io/apimachinery/pkg/util/yaml"
	sigs "sigs.k8s.io/yaml"
)

type request struct {
	Text string `json:"text"`
	// Whether the text is JSON for dump alone.
	JSON bool `json:"json"`
}

type result struct {
	Nodes      string `json:"nodes,omitempty"`
	NodesError string `json:"nodesError,omitempty"`
	Emit4      string `json:"emit4"`
	Emit2      string `json:"emit2"`
	Decoded    string `json:"decoded,omitempty"`
	DecodeErr  string `json:"decodeError,omitempty"`
	Loaded     string `json:"loaded,omitempty"`
	LoadErr    string `json:"loadError,omitempty"`
	Strict     string `json:"strictError,omitempty"`
	Dumped     string `json:"dumped,omitempty"`
	DumpErr    string `json:"dumpError,omitempty"`
	Stream     string `json:"stream,omitempty"`
	StreamErr  string `json:"streamError,omitempty"`
}

func main() {
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
		answer := respond(req)
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(answer); err != nil {
			panic(err)
		}
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func respond(req request) (r result) {
	if req.JSON {
		r.Dumped, r.DumpErr = dump(req.Text)
		return r
	}
	nodes, err := parse(req.Text)
	if err != nil {
		r.NodesError = err.Error()
	} else {
		var b strings.Builder
		for _, n := range nodes {
			show(&b, n, 0)
		}
		r.Nodes = b.String()
		if len(nodes) > 0 {
			r.Emit4 = emit(nodes, 4, false)
			r.Emit2 = emit(nodes, 2, true)
			r.Decoded, r.DecodeErr = decode(nodes[0])
		}
	}
	loaded, err := guard(func() ([]byte, error) { return sigs.YAMLToJSON([]byte(req.Text)) })
	if err != nil {
		r.LoadErr = err.Error()
	} else {
		r.Loaded = string(loaded)
		r.Dumped, r.DumpErr = dump(r.Loaded)
	}
	r.Stream, r.StreamErr = stream(req.Text)
	if _, err := guard(func() ([]byte, error) { return sigs.YAMLToJSONStrict([]byte(req.Text)) }); err != nil {
		r.Strict = err.Error()
	}
	return r
}

func guard(f func() ([]byte, error)) (b []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return f()
}

// stream splits as Kubernetes does and leaves out documents without content.
func stream(text string) (string, string) {
	b, err := guard(func() ([]byte, error) {
		reader := k8s.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
		var documents [][]byte
		for {
			section, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return bytes.Join(documents, []byte("\n")), nil
			}
			if err != nil {
				return nil, err
			}
			document, err := sigs.YAMLToJSON(section)
			if err != nil {
				return nil, err
			}
			if string(document) != "null" {
				documents = append(documents, document)
			}
		}
	})
	if err != nil {
		return "", err.Error()
	}
	return string(b), ""
}

func dump(text string) (string, string) {
	b, err := guard(func() ([]byte, error) { return sigs.JSONToYAML([]byte(text)) })
	if err != nil {
		return "", err.Error()
	}
	return string(b), ""
}

func parse(text string) (nodes []*yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	d := yaml.NewDecoder(strings.NewReader(text))
	for {
		var n yaml.Node
		err := d.Decode(&n)
		if errors.Is(err, io.EOF) {
			return nodes, nil
		}
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, &n)
	}
}

func emit(nodes []*yaml.Node, indent int, compact bool) string {
	var b bytes.Buffer
	_, err := guard(func() ([]byte, error) {
		e := yaml.NewEncoder(&b)
		e.SetIndent(indent)
		if compact {
			e.CompactSeqIndent()
		}
		for _, n := range nodes {
			if err := e.Encode(n); err != nil {
				return nil, err
			}
		}
		return nil, e.Close()
	})
	if err != nil {
		return "error: " + err.Error()
	}
	return b.String()
}

func decode(n *yaml.Node) (string, string) {
	b, err := guard(func() ([]byte, error) {
		content := n.Content[0]
		for content.Kind == yaml.AliasNode {
			content = content.Alias
		}
		if content.Kind == yaml.MappingNode {
			m := map[string]interface{}{}
			if err := n.Decode(&m); err != nil {
				return nil, err
			}
			return json.Marshal(m)
		}
		var v interface{}
		if err := n.Decode(&v); err != nil {
			return nil, err
		}
		return json.Marshal(v)
	})
	if err != nil {
		return "", err.Error()
	}
	return string(b), ""
}

func show(b *strings.Builder, n *yaml.Node, depth int) {
	kind := map[yaml.Kind]string{
		yaml.DocumentNode: "document", yaml.MappingNode: "mapping", yaml.SequenceNode: "sequence",
		yaml.ScalarNode: "scalar", yaml.AliasNode: "alias",
	}[n.Kind]
	fmt.Fprintf(b, "%*s%s %d:%d style=%d", depth, "", kind, n.Line, n.Column, n.Style)
	for _, part := range []struct{ name, value string }{
		{"tag", n.Tag}, {"value", n.Value}, {"anchor", n.Anchor},
		{"head", n.HeadComment}, {"line", n.LineComment}, {"foot", n.FootComment},
	} {
		if part.value != "" {
			text, _ := json.Marshal(part.value)
			fmt.Fprintf(b, " %s=%s", part.name, text)
		}
	}
	if n.Alias != nil {
		fmt.Fprintf(b, " alias=%d:%d", n.Alias.Line, n.Alias.Column)
	}
	b.WriteByte('\n')
	for _, c := range n.Content {
		show(b, c, depth+1)
	}
}
