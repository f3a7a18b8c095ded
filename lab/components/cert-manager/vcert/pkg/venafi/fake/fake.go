// Package fake is a part of the stand-in that client.go describes; upstream's tests alone use the real one.
package fake
