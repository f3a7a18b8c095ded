// Validates cert-manager's objects for the API server.
package main

import (
	"context"

	"github.com/cert-manager/cert-manager/internal/apis/config/webhook/validation"
	"github.com/cert-manager/cert-manager/internal/webhook"
	"github.com/cert-manager/cert-manager/ironkeel-lab/start"
	"github.com/cert-manager/cert-manager/pkg/logs"
	webhookconfig "github.com/cert-manager/cert-manager/pkg/webhook/configfile"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	start.Main("WebhookConfiguration", run)
}

func run(ctx context.Context, file string) error {
	read := webhookconfig.New()
	if err := start.Load(file, read); err != nil {
		return err
	}
	if err := validation.ValidateWebhookConfiguration(read.Config, nil).ToAggregate(); err != nil {
		return err
	}
	if err := logs.ValidateAndApply(&read.Config.Logging); err != nil {
		return err
	}
	ctrl.SetLogger(logs.FromContext(ctx, "webhook"))
	server, err := webhook.NewCertManagerWebhookServer(logs.FromContext(ctx, "webhook"), *read.Config)
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
