// Package vcert has the shapes that cert-manager's issuer for CyberArk (Venafi) is compiled against, and no client
// behind them: the lab has no such service, and the Go module proxy does not give the real module out.
package vcert

import (
	"errors"
	"net/http"

	"github.com/Venafi/vcert/v5/pkg/endpoint"
)

type Config struct {
	ConnectorType   endpoint.ConnectorType
	BaseUrl         string
	Zone            string
	LogVerbose      bool
	ConnectionTrust string
	Credentials     *endpoint.Authentication
	Client          *http.Client
}

// NewClient refuses.
func NewClient(*Config, ...bool) (endpoint.Connector, error) {
	return nil, errors.New("the Venafi issuer is left out of the lab's cert-manager")
}
