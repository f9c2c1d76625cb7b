module eddy.sh/conformance/gotemplate

go 1.26.0
