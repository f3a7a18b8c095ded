// Package endpoint is a part of the stand-in that client.go describes.
package endpoint

import "github.com/Venafi/vcert/v5/pkg/certificate"

type ConnectorType int

const (
	ConnectorTypeTPP ConnectorType = iota + 1
	ConnectorTypeCloud
	ConnectorTypeNGTS
)

type Authentication struct {
	AccessToken, APIKey, ClientId, ClientSecret, Password, Scope, TokenURL, User string
}

type Connector interface {
	GetType() ConnectorType
	Ping() error
	ReadZoneConfiguration() (*ZoneConfiguration, error)
	RequestCertificate(*certificate.Request) (string, error)
	RetrieveCertificate(*certificate.Request) (*certificate.PEMCollection, error)
}

type ZoneConfiguration struct{}

func (*ZoneConfiguration) UpdateCertificateRequest(*certificate.Request) {}

func (*ZoneConfiguration) ValidateCertificateRequest(*certificate.Request) error { return nil }

// What a certificate that is not there yet is told by.
type (
	ErrCertificatePending         struct{}
	ErrRetrieveCertificateTimeout struct{}
)

func (ErrCertificatePending) Error() string         { return "pending" }
func (ErrRetrieveCertificateTimeout) Error() string { return "timeout" }
