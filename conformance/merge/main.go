// Answers merge questions with the API server's own libraries, one JSON line for each line of standard input.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type question struct {
	Op      string                  `json:"op"`
	Models  map[string]*spec.Schema `json:"models"`
	Version string                  `json:"apiVersion"`
	Kind    string                  `json:"kind"`
	Manager string                  `json:"manager"`
	Force   bool                    `json:"force"`
	Live    map[string]any          `json:"live"`
	Next    map[string]any          `json:"next"`
	Doc     json.RawMessage         `json:"doc"`
	Patch   json.RawMessage         `json:"patch"`
	Struct  string                  `json:"struct"`
}

type answer struct {
	Object  any                  `json:"object,omitempty"`
	Error   string               `json:"error,omitempty"`
	Code    int32                `json:"code,omitempty"`
	Causes  []metav1.StatusCause `json:"causes,omitempty"`
	Paniced bool                 `json:"panicked,omitempty"`
}

type program struct {
	manager *managedfields.FieldManager
}

func (p *program) load(q question) (any, error) {
	converter, err := managedfields.NewTypeConverter(q.Models, false)
	if err != nil {
		return nil, err
	}
	gv, err := schema.ParseGroupVersion(q.Version)
	if err != nil {
		return nil, err
	}
	p.manager = managedfieldstest.NewFakeFieldManager(converter, gv.WithKind(q.Kind))
	return "loaded", nil
}

func (p *program) write(q question) (any, error) {
	live := &unstructured.Unstructured{Object: q.Live}
	next := &unstructured.Unstructured{Object: q.Next}
	var object runtime.Object
	var err error
	if q.Op == "apply" {
		object, err = p.manager.Apply(live, next, q.Manager, q.Force)
	} else {
		object = p.manager.UpdateNoErrors(live, next, q.Manager)
	}
	if err != nil {
		return nil, err
	}
	return object.(*unstructured.Unstructured).Object, nil
}

func structOf(name string) any {
	switch name {
	case "Deployment":
		return appsv1.Deployment{}
	case "Service":
		return corev1.Service{}
	default:
		return corev1.Pod{}
	}
}

func strategic(q question) (any, error) {
	document, patch := map[string]any{}, map[string]any{}
	if err := utiljson.Unmarshal(q.Doc, &document); err != nil {
		return nil, err
	}
	if err := utiljson.Unmarshal(q.Patch, &patch); err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergeMapPatch(document, patch, structOf(q.Struct))
}

func patchJSON(q question) (any, error) {
	patch, err := jsonpatch.DecodePatch(q.Patch)
	if err != nil {
		return nil, err
	}
	result, err := patch.Apply(q.Doc)
	return json.RawMessage(result), err
}

func mergeJSON(q question) (any, error) {
	result, err := jsonpatch.MergePatch(q.Doc, q.Patch)
	return json.RawMessage(result), err
}

func (p *program) run(q question) (result any, err error) {
	switch q.Op {
	case "load":
		return p.load(q)
	case "apply", "update":
		return p.write(q)
	case "strategic":
		return strategic(q)
	case "jsonpatch":
		return patchJSON(q)
	case "mergepatch":
		return mergeJSON(q)
	}
	return nil, fmt.Errorf("unknown op %q", q.Op)
}

func (p *program) answer(line []byte) (result answer) {
	defer func() {
		if cause := recover(); cause != nil {
			result = answer{Error: fmt.Sprint(cause), Paniced: true}
		}
	}()
	var q question
	if err := utiljson.Unmarshal(line, &q); err != nil {
		return answer{Error: "question: " + err.Error()}
	}
	object, err := p.run(q)
	if err == nil {
		return answer{Object: object}
	}
	result = answer{Error: err.Error()}
	var status *apierrors.StatusError
	if errors.As(err, &status) {
		result.Code = status.ErrStatus.Code
		if status.ErrStatus.Details != nil {
			result.Causes = status.ErrStatus.Details.Causes
		}
	}
	return result
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<28)
	output := bufio.NewWriter(os.Stdout)
	p := &program{}
	for input.Scan() {
		text, err := json.Marshal(p.answer(input.Bytes()))
		if err != nil {
			text, _ = json.Marshal(answer{Error: "answer: " + err.Error()})
		}
		output.Write(text)
		output.WriteByte('\n')
		output.Flush()
	}
}
