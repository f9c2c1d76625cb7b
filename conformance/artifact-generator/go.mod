module eddy/conformance/artifact-generator

go 1.25.0

require github.com/bmatcuk/doublestar/v4 v4.9.1
