// Stands in for a module that the Go module proxy does not give out; see client.go.
module github.com/Venafi/vcert/v5

go 1.26.0
