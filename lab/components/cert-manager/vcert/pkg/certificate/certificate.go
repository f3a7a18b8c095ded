// Package certificate is a part of the stand-in that client.go describes.
package certificate

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"time"

	"github.com/Venafi/vcert/v5/pkg/util"
)

type (
	CustomFieldType int
	ChainOption     int
	CSrOriginOption int
)

const (
	CustomFieldPlain CustomFieldType = iota
	CustomFieldOrigin
)

const ChainOptionRootLast ChainOption = 0

const UserProvidedCSR CSrOriginOption = 1

type CustomField struct {
	Type  CustomFieldType
	Name  string
	Value string
}

type PEMCollection struct {
	Certificate string
	Chain       []string
}

type Request struct {
	Subject          pkix.Name
	CustomFields     []CustomField
	ChainOption      ChainOption
	CsrOrigin        CSrOriginOption
	FriendlyName     string
	IssuerHint       util.IssuerHint
	PickupID         string
	Timeout          time.Duration
	ValidityDuration *time.Duration
}

func NewRequest(*x509.Certificate) *Request { return &Request{} }

func (*Request) SetCSR([]byte) error { return nil }
