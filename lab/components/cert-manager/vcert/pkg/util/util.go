// Package util is a part of the stand-in that client.go describes.
package util

type IssuerHint string

const IssuerHintAllIssuers IssuerHint = "ALL_ISSUERS"
