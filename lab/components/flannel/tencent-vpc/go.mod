// Stands in for a module that the Go module proxy does not give out; see vpc.go.
module github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/vpc

go 1.26.0
