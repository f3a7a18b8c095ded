// Package tpp is a part of the stand-in that client.go describes.
package tpp

import (
	"github.com/Venafi/vcert/v5/pkg/certificate"
	"github.com/Venafi/vcert/v5/pkg/endpoint"
)

type Connector struct{ endpoint.Connector }

type OauthGetRefreshTokenResponse struct{ Access_token string }

func (*Connector) Authenticate(*endpoint.Authentication) error { return nil }

func (*Connector) GetRefreshToken(*endpoint.Authentication) (OauthGetRefreshTokenResponse, error) {
	return OauthGetRefreshTokenResponse{}, nil
}

func (*Connector) VerifyAccessToken(*endpoint.Authentication) (struct{}, error) {
	return struct{}{}, nil
}

func (*Connector) ResetCertificate(*certificate.Request, bool) error { return nil }

type ErrCertNotFound struct{}

func (*ErrCertNotFound) Error() string { return "not found" }
