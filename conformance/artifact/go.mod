module eddy/conformance/artifact

go 1.26
