// Package verror is a part of the stand-in that client.go describes.
package verror

import "errors"

var ServerUnavailableError = errors.New("the server is unavailable")
