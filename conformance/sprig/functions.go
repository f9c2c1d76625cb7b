package main

import (
	"text/template"
	_ "unsafe" // for linkname

	_ "helm.sh/helm/v3/pkg/engine"
	_ "helm.sh/helm/v4/pkg/engine"
)

// The functions that a template of a chart sees, as the two Helms themselves list them: sprig's and their own.

//go:linkname helm3Functions helm.sh/helm/v3/pkg/engine.funcMap
func helm3Functions() template.FuncMap

//go:linkname helm4Functions helm.sh/helm/v4/pkg/engine.funcMap
func helm4Functions() template.FuncMap
