// Answers with the status of each object on standard input, one JSON line for each, as kstatus and Flux compute it.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"github.com/fluxcd/pkg/runtime/statusreaders"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

type question struct {
	Object map[string]any                   `json:"object"`
	Jobs   string                           `json:"jobs"`
	Checks *kustomize.HealthCheckExpressions `json:"checks"`
}

type answer struct {
	Status  string `json:"status"`
	Message string `json:"message"`
	Error   string `json:"error,omitempty"`
}

func compute(q question) (*status.Result, error) {
	object := &unstructured.Unstructured{Object: q.Object}
	if q.Checks != nil {
		evaluator, err := cel.NewStatusEvaluator(q.Checks)
		if err != nil {
			return nil, err
		}
		return evaluator.Evaluate(context.Background(), object)
	}
	if q.Jobs != "started" && object.GetKind() == "Job" {
		result := statusreaders.ComputeJobStatus(object)
		return &result, nil
	}
	return status.Compute(object)
}

func run(line []byte) answer {
	var q question
	if err := utiljson.Unmarshal(line, &q); err != nil {
		return answer{Error: err.Error()}
	}
	result, err := compute(q)
	if err != nil {
		return answer{Status: "Unknown", Error: err.Error()}
	}
	return answer{Status: string(result.Status), Message: result.Message}
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<26)
	output := bufio.NewWriter(os.Stdout)
	for input.Scan() {
		text, _ := json.Marshal(run(input.Bytes()))
		output.Write(text)
		output.WriteByte('\n')
		output.Flush()
	}
}
