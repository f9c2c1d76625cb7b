// Answers what a CRD's schema does to an object with the API server's own libraries, one JSON line for each.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/common"
)

type question struct {
	Schema json.RawMessage `json:"schema"`
	Object map[string]any  `json:"object"`
	Old    map[string]any  `json:"old"`
}

type problem struct {
	Reason  string `json:"reason"`
	Field   string `json:"field"`
	Message string `json:"message"`
}

type answer struct {
	Structural []problem      `json:"structural,omitempty"`
	Unknown    []string       `json:"unknown,omitempty"`
	Object     map[string]any `json:"object,omitempty"`
	Problems   []problem      `json:"problems,omitempty"`
	Error      string         `json:"error,omitempty"`
}

func problems(errs field.ErrorList) []problem {
	var result []problem
	for _, err := range errs {
		result = append(result, problem{string(err.Type), err.Field, err.ErrorBody()})
	}
	return result
}

func run(line []byte) answer {
	var q question
	if err := utiljson.Unmarshal(line, &q); err != nil {
		return answer{Error: err.Error()}
	}
	var v1Schema apiextensionsv1.JSONSchemaProps
	if err := utiljson.Unmarshal(q.Schema, &v1Schema); err != nil {
		return answer{Error: err.Error()}
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&v1Schema, &props, nil); err != nil {
		return answer{Error: err.Error()}
	}
	structural, err := structuralschema.NewStructural(&props)
	if err != nil {
		return answer{Error: err.Error()}
	}
	result := answer{Structural: problems(structuralschema.ValidateStructural(field.NewPath("schema"), structural))}
	if len(result.Structural) > 0 || q.Object == nil {
		return result
	}
	object := runtime.DeepCopyJSON(q.Object)
	result.Unknown = pruning.PruneWithOptions(object, structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	defaulting.PruneNonNullableNullsWithoutDefaults(object, structural)
	defaulting.Default(object, structural)
	result.Object = runtime.DeepCopyJSON(object)
	result.Problems = problems(validate(&props, structural, object, q.Old))
	return result
}

func validate(props *apiextensions.JSONSchemaProps, structural *structuralschema.Structural, object, old map[string]any) field.ErrorList {
	validator, _, err := validation.NewSchemaValidator(props)
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	var errs field.ErrorList
	var ratcheting []validation.ValidationOption
	var celRatcheting []cel.Option
	if old == nil {
		errs = validation.ValidateCustomResource(nil, object, validator)
	} else {
		correlated := common.NewCorrelatedObject(object, old, &model.Structural{Structural: structural})
		ratcheting = append(ratcheting, validation.WithRatcheting(correlated))
		celRatcheting = append(celRatcheting, cel.WithRatcheting(correlated))
		errs = validation.ValidateCustomResourceUpdate(nil, object, old, validator, ratcheting...)
	}
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, structural, object)...)
	rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
	if rules == nil {
		return errs
	}
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return append(errs, field.Invalid(nil, nil, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"))
		}
	}
	var before any
	if old != nil {
		before = old
	}
	more, _ := rules.Validate(context.Background(), nil, structural, object, before, celconfig.RuntimeCELCostBudget, celRatcheting...)
	return append(errs, more...)
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 1<<20), 1<<28)
	output := bufio.NewWriter(os.Stdout)
	for input.Scan() {
		text, err := json.Marshal(run(input.Bytes()))
		if err != nil {
			text, _ = json.Marshal(answer{Error: "answer: " + err.Error()})
		}
		output.Write(text)
		output.WriteByte('\n')
		output.Flush()
	}
}
